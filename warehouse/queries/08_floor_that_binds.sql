-- What is the smallest floor that would have bound on a fifth of the Chinese weight of the last 24 months?
with newest as (
    select
        area,
        hs_code,
        max(period_end) as newest_day
    from core.fct_area_import
    where net_weight_kg > 0
    group by area, hs_code
),

shipments as (
    select
        imports.area,
        imports.hs_code,
        imports.period,
        imports.net_weight_kg,
        imports.value_usd / imports.net_weight_kg as landed_usd_per_kg,
        sum(imports.net_weight_kg) over cheapest_first
        / sum(imports.net_weight_kg) over (partition by imports.area, imports.hs_code) as share_up_to_here
    from core.fct_area_import as imports
    inner join newest on imports.area = newest.area and imports.hs_code = newest.hs_code
    where
        imports.origin_iso3 = 'CHN'
        and imports.net_weight_kg > 0
        and imports.period > newest.newest_day - interval 24 month
    window cheapest_first as (
        partition by imports.area, imports.hs_code
        order by imports.value_usd / imports.net_weight_kg, imports.period
        rows unbounded preceding
    )
)

select
    area,
    hs_code,
    min(landed_usd_per_kg) filter (share_up_to_here >= 0.2) as binding_floor_usd_per_kg,
    sum(net_weight_kg) as chinese_kg,
    count(*) as periods
from shipments
group by area, hs_code
order by area, hs_code;
