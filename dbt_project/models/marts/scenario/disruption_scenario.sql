-- Loss of a supplier: how much of its deliveries others can replace, and how much they cannot. Only printed
-- capacity can replace anything. What the buyer gets of it is assumed, so that the bounds under all
-- assumptions tried are given too; disruption_sensitivity shows the result under each.
with tried as (
    select
        *,
        min(unreplaced_share_low) over same_loss as tried_share_low,
        max(unreplaced_share_high) over same_loss as tried_share_high,
        min(supplier_unreplaced_share_low) over same_loss as supplier_tried_share_low,
        max(supplier_unreplaced_share_high) over same_loss as supplier_tried_share_high
    from {{ ref('fct_disruption') }}
    window same_loss as (partition by scenario_id, mineral_id, lost_supplier_iso3, year)
)

select
    {{ all_but(['assumption_id', 'assumption_label', 'is_default']) }},
    coalesce(unreplaced_share_high < lost_share, false) as is_replacement_assumed,
    'USA' as area
from tried
where is_default
