-- If China stops exporting a mineral, what do others replace, what is missing, how long do stocks bridge it?
select
    scenario_id,
    mineral_id,
    year,
    scope,
    lost_t,
    lost_share,
    replaceable_t,
    stock_t,
    residual_t,
    coverage_pct,
    days_to_shortfall,
    coverage
from marts.disruption_scenario
where
    lost_supplier_iso3 = 'CHN'
    and mineral_id in ('gallium', 'germanium', 'antimony', 'tungsten', 'rare_earths')
order by mineral_id, year, scenario_id;
