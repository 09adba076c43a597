-- Does adding partners to an agreement bring dependency on others below 50 percent, for which minerals?
select
    scenario_id,
    label,
    count(*) filter (below_50_pct) as minerals_below_50,
    count(*) filter (not below_50_pct) as minerals_above_50,
    count(*) filter (below_50_pct is null) as minerals_undecided,
    string_agg(mineral_id, ', ' order by mineral_id) filter (below_50_pct and net_import_reliance_pct > 50)
        as brought_below,
    any_value(members) as members
from (
    select *
    from marts.bloc_scenario
    qualify dense_rank() over (order by year desc) = 1
) as newest
group by scenario_id, label
order by minerals_below_50 desc, scenario_id asc;
