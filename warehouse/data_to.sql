-- The newest period of the figures by subject: the newest that any of its sources covers.
with subjects (subject, source_id, is_by_month, place) as (
    values
    ('US trade', 'census_bulk', true, 1),
    ('US trade', 'census_months', true, 1),
    ('US trade', 'census_api', false, 1),
    ('US trade', 'usitc_dataweb', true, 1),
    ('Canadian trade', 'statcan_cimt', true, 2),
    ('Mexican trade', 'comtrade', true, 3),
    ('world trade', 'cepii_baci', false, 4),
    ('output and reliance', 'usgs_mcs', false, 5),
    ('prices', 'worldbank_prices', true, 6),
    ('prices', 'imf_pcps', true, 6),
    ('tariffs', 'usitc_hts', null, 7)
)
select
    subject,
    left(
        max(newest_period)::varchar,
        case when bool_or(is_by_month is null) then 10 when arg_max(is_by_month, newest_period) then 7 else 4 end
    ) as newest
from subjects
inner join meta.source_status using (source_id)
where newest_period is not null
group by subject
order by min(place);
