-- If replacement is not known, the unreplaced amount has bounds but no point, and the mineral is named.
select
    scenario_id,
    mineral_id,
    lost_supplier_iso3,
    year
from {{ ref('disruption_scenario') }}
where
    (replaceable_t is null and unreplaced_share is not null and lost_t > 0)
    or unreplaced_share < unreplaced_share_low - 1e-9
    or unreplaced_share > unreplaced_share_high + 1e-9
    or unreplaced_share_low > unreplaced_share_high + 1e-9
