-- The unreplaced value is stated only if replacement is known. Otherwise it has only an upper bound.
select
    scenario_id,
    mineral_id,
    lost_supplier_iso3,
    year
from {{ ref('disruption_scenario') }}
where
    (unreplaced_share is null and value_not_replaced_usd > 0)
    or value_not_replaced_usd > value_not_replaced_high_usd + 1
    or supplier_value_not_replaced_usd > supplier_value_not_replaced_high_usd + 1
