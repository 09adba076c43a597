-- The newest period of the figures by subject: the newest covered by any of its sources. The order is that of
-- the pages. Older publications without subjects yield no rows.
with sources as (
    from meta.source_status
    union all by name
    select null::varchar as subject, null::varchar as cadence where false
),

subjects (subject, place) as (
    values
    ('US trade', 1),
    ('Canadian trade', 2),
    ('Mexican trade', 3),
    ('world trade', 4),
    ('output and reliance', 5),
    ('prices', 6),
    ('tariffs', 7)
)
select
    subject,
    left(
        max(newest_period)::varchar,
        case arg_max(cadence, newest_period) when 'monthly' then 7 when 'annual' then 4 else 10 end
    ) as newest
from sources
left join subjects using (subject)
where newest_period is not null and subject is not null
group by subject
order by min(place) nulls last, subject;
