-- Loss of each supplier of the USA in turn: the unreplaced share of imports, with equal weight for each
-- critical mineral. Ranks run as far as bounds and assumptions allow.
with moves as (
    select
        lost_supplier_iso3,
        year,
        min(supplier_rank_from) as rank_from,
        max(supplier_rank_to) as rank_to
    from marts.disruption_sensitivity
    group by lost_supplier_iso3, year
)

select
    country.name as supplier,
    losses.year,
    any_value(moves.rank_from) as rank_from,
    any_value(moves.rank_to) as rank_to,
    round(100 * any_value(losses.supplier_unreplaced_share_low), 1) as unreplaced_low_pct,
    round(100 * any_value(losses.supplier_unreplaced_share_high), 1) as unreplaced_high_pct,
    any_value(losses.supplier_value_not_replaced_usd) as import_value_not_replaced_low_usd,
    any_value(losses.supplier_value_not_replaced_high_usd) as import_value_not_replaced_high_usd,
    replace(any_value(losses.minerals_not_measured), ';', ', ') as minerals_not_measured
from marts.disruption_scenario as losses
inner join core.dim_country as country on losses.lost_supplier_iso3 = country.iso3
left join moves using (lost_supplier_iso3, year)
where losses.scenario_id = 'usa_embargo'
group by country.name, losses.year
qualify losses.year = max(losses.year) over ()
order by any_value(losses.supplier_rank), supplier
limit 10
