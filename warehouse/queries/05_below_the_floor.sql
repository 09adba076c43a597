-- Which imports landed below a price floor last, and what would the border adjustment be, by origin?
select
    scenario_id,
    is_precedent,
    mineral_id,
    hs_code,
    origin_iso3,
    period,
    quantity_kg,
    quantity_method,
    landed_usd_per_kg,
    floor_usd_per_kg,
    border_adjustment_usd,
    ad_valorem_equivalent_pct,
    exempt_reason,
    quality_flag
from marts.price_floor
where below_floor
qualify dense_rank() over (partition by scenario_id, hs_code order by period desc) = 1
order by border_adjustment_usd desc nulls last, scenario_id asc, hs_code asc, origin_iso3 asc;
