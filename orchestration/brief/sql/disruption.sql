-- Loss of each US supplier in turn: first the losses that certainly leave the largest share of imports
-- unreplaced, then those that may.
with newest as (
    select *
    from marts.disruption_scenario
    where scenario_id = 'usa_embargo' and is_in_supplier_total and unreplaced_share_high > 0
    qualify year = max(year) over (partition by mineral_id)
)

select
    minerals.name as mineral,
    country.name as supplier,
    newest.year,
    round(100 * newest.lost_share, 1) as lost_pct,
    round(100 * newest.unreplaced_share_low, 1) as unreplaced_low_pct,
    round(100 * newest.unreplaced_share_high, 1) as unreplaced_high_pct,
    newest.days_to_shortfall,
    newest.value_not_replaced_usd,
    newest.coverage
from newest
inner join core.dim_mineral as minerals using (mineral_id)
inner join core.dim_country as country on newest.lost_supplier_iso3 = country.iso3
order by unreplaced_low_pct desc, unreplaced_high_pct desc, mineral, supplier
limit 20
