-- Controls, tariffs and deadlines that name it
with measures as (
    select
        events.event_id,
        unnest(split(events.minerals, ';')) as mineral_id,
        events.title,
        events.imposer_iso3,
        events.status,
        events.last_known_status,
        events.known_through,
        events.next_date,
        events.announced
    from marts.policy_calendar as events
    where events.kind not in ('document', 'statement')
    union all by name
    -- if no event is held, Table 4 of the Summaries: it states a year, and what is in force in January
    select distinct
        concat_ws('_', imposer_iso3, measure_type, year(valid_from), phrase) as event_id,
        mineral_id,
        concat('export ', replace(measure_type, '_', ' '), '; ', phrase, ', ', year(valid_from)) as title,
        imposer_iso3,
        'not_known_after' as status,
        'in_force' as last_known_status,
        known_through,
        valid_from as announced
    from core.fct_export_restriction
    where listed_by = 'usgs_mcs' and not in_policy_events and is_in_force
)

select
    asked.mineral_id,
    title,
    coalesce(countries.name, measures.imposer_iso3) as by_country,
    replace(status, '_', ' ') as status,
    case when status in ('not_known_after', 'suspension_lapsed_unverified') then replace(last_known_status, '_', ' ') end
        as last_known,
    known_through,
    next_date
from (select unnest($minerals) as mineral_id) as asked
inner join measures using (mineral_id)
left join core.dim_country as countries on measures.imposer_iso3 = countries.iso3
qualify row_number() over (
    partition by asked.mineral_id
    order by status in ('ended', 'passed'), next_date is null, next_date, announced desc nulls last, event_id
) <= 8
order by
    asked.mineral_id,
    status in ('ended', 'passed'),
    next_date is null,
    next_date,
    announced desc nulls last,
    event_id;
