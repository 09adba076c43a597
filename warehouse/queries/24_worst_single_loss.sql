-- Which single foreign supplier, if lost, leaves the largest shortfall in value across all minerals?
select
    scenario_id,
    lost_supplier_iso3,
    year,
    any_value(supplier_rank) as supplier_rank,
    any_value(supplier_shortfall_usd) as shortfall_usd,
    count(*) filter (residual_t > 0) as minerals_short,
    arg_max(mineral_id, shortfall_usd) as worst_mineral
from marts.disruption_scenario
where is_in_supplier_total
group by scenario_id, lost_supplier_iso3, year
qualify dense_rank() over (partition by scenario_id order by year desc) = 1
order by scenario_id, supplier_rank, lost_supplier_iso3;
