-- Of two suppliers whose bounds overlap, either may leave more unreplaced: no rank sets one before the other.
with suppliers as (
    select distinct
        scenario_id,
        year,
        lost_supplier_iso3,
        supplier_rank_from,
        supplier_rank_to,
        supplier_unreplaced_share_low,
        supplier_unreplaced_share_high
    from {{ ref('disruption_scenario') }}
)

select
    one.scenario_id,
    one.year,
    one.lost_supplier_iso3,
    other.lost_supplier_iso3 as ranked_behind
from suppliers as one
inner join suppliers as other on one.scenario_id = other.scenario_id and one.year = other.year
where
    one.supplier_rank_to < other.supplier_rank_from
    and one.supplier_unreplaced_share_low < other.supplier_unreplaced_share_high
