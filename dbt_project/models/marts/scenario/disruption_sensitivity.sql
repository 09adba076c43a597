-- How the loss of a supplier to the USA, and its rank among all suppliers, change with the assumptions on
-- replacement.
select
    assumption_id,
    mineral_id,
    lost_supplier_iso3,
    year,
    assumption_label,
    lost_share,
    spare_t,
    divertible_share,
    replaceable_t,
    unreplaced_share,
    unreplaced_share_low,
    unreplaced_share_high,
    unreplaced_share_high - max(unreplaced_share_high) filter (where is_default) over same_loss
        as change_from_default,
    value_not_replaced_usd,
    is_in_supplier_total,
    mineral_rank,
    supplier_unreplaced_share_high,
    supplier_rank,
    supplier_rank_from,
    supplier_rank_to,
    max(supplier_rank) filter (where is_default) over same_loss as default_supplier_rank,
    coverage,
    source_ids
from {{ ref('fct_disruption') }}
where scenario_id = 'usa_embargo'
window same_loss as (partition by mineral_id, lost_supplier_iso3, year)
