-- Loss of each US supplier in turn: first the losses that certainly leave the largest share of imports
-- unreplaced, then those that may.
with newest as (
    select *
    from marts.disruption_scenario
    where scenario_id = 'usa_embargo' and is_in_supplier_total and unreplaced_share_high > 0
    qualify year = max(year) over (partition by mineral_id)
),

-- the same losses under all assumptions tried, such as more or none of the spare output diverted to the USA
tried as (
    select
        mineral_id,
        lost_supplier_iso3,
        year,
        min(unreplaced_share_low) as lowest_share,
        max(unreplaced_share_high) as highest_share
    from marts.disruption_sensitivity
    group by all
),

compared as (
    select
        newest.*,
        tried.lowest_share,
        tried.highest_share,
        max(tried.highest_share) over (
            rows between unbounded preceding and unbounded following exclude current row
        ) as highest_of_others
    from newest
    inner join tried using (mineral_id, lost_supplier_iso3, year)
)

select
    minerals.name as mineral,
    country.name as supplier,
    newest.year,
    round(100 * newest.lost_share, 1) as lost_pct,
    round(100 * newest.unreplaced_share_low, 1) as unreplaced_low_pct,
    round(100 * newest.unreplaced_share_high, 1) as unreplaced_high_pct,
    round(100 * newest.lowest_share, 1) as tried_low_pct,
    round(100 * newest.highest_share, 1) as tried_high_pct,
    newest.lowest_share > coalesce(newest.highest_of_others, 0) as is_largest,
    newest.days_to_shortfall,
    newest.value_not_replaced_low_usd,
    newest.value_not_replaced_high_usd,
    newest.coverage
from compared as newest
inner join core.dim_mineral as minerals using (mineral_id)
inner join core.dim_country as country on newest.lost_supplier_iso3 = country.iso3
order by unreplaced_low_pct desc, unreplaced_high_pct desc, mineral, supplier
limit 20
