-- Does adding partners to an agreement bring US dependency on others below 50 percent, for which minerals of the list of 2025?
-- Each mineral counts once, the rare earths as one. A share of imports is no new supply: output_of_partners_too says of
-- which minerals the members make more of the world's output, at the stage imported, than the USA uses of it.
with listed as (
    select distinct unnest([mineral_id, group_id]) as mineral_id
    from core.dim_mineral
    where on_us_2025
),

newest as (
    select scenario.*
    from marts.bloc_scenario as scenario
    inner join listed on scenario.mineral_id = listed.mineral_id
    qualify dense_rank() over (order by scenario.year desc) = 1
)

select
    scenario_id,
    label,
    count(*) as minerals,
    count(*) filter (below_50_pct) as minerals_below_50,
    count(*) filter (not below_50_pct) as minerals_above_50,
    count(*) filter (below_50_pct is null) as minerals_undecided,
    string_agg(mineral_id, ', ' order by mineral_id)
        filter (below_50_pct and (nir_low_pct > 50 or net_import_reliance_pct > 50)) as brought_below,
    string_agg(mineral_id, ', ' order by mineral_id)
        filter (below_50_pct and nir_low_pct >= 50 and whole_dependency_high_pct < 50) as output_of_partners_too,
    any_value(members) as members,
    any_value(year) as year
from newest
group by scenario_id, label
order by minerals_below_50 desc, scenario_id asc;
