-- US imports from China by line and month, in years for which the USA states no weight of the code by origin.
with weighed_years as (
    select distinct
        hs6,
        year(period) as year
    from {{ ref('fct_area_import') }}
    where area = 'USA' and net_weight_kg > 0
)

select
    months.hs_code,
    months.hs6,
    months.nomenclature,
    months.period,
    months.value_usd,
    months.net_weight_kg,
    months.source_id,
    months.archive_id
from {{ ref('fct_us_month') }} as months
left join weighed_years on months.hs6 = weighed_years.hs6 and year(months.period) = weighed_years.year
where months.is_china and months.value_usd > 0 and weighed_years.hs6 is null
