-- How far do Chinese unit values lie from those of the rest of the world, and on how many rows?
with priced as (
    select
        area,
        hs_code,
        year(period) as import_year,
        origin_iso3 = 'CHN' as is_china,
        value_usd,
        net_weight_kg,
        is_net_weight_estimated
    from core.fct_area_import
    where net_weight_kg > 0 and value_usd >= 2000
)

select
    area,
    hs_code,
    import_year,
    sum(value_usd) filter (is_china) / sum(net_weight_kg) filter (is_china) as china_usd_per_kg,
    sum(value_usd) filter (not is_china) / sum(net_weight_kg) filter (not is_china) as rest_usd_per_kg,
    100 * (china_usd_per_kg / rest_usd_per_kg - 1) as gap_pct,
    count(*) filter (is_china) as china_rows,
    count(*) filter (not is_china) as rest_rows,
    bool_or(is_net_weight_estimated) as has_estimated_weights
from priced
group by area, hs_code, import_year
having gap_pct is not null
order by import_year desc, area asc, hs_code asc;
