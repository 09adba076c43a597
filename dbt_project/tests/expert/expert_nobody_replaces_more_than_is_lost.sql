-- Replaced and unreplaced amounts add up to the loss.
select
    scenario_id,
    mineral_id,
    lost_supplier_iso3,
    year
from {{ ref('disruption_scenario') }}
where
    replaceable_t > lost_t * (1 + 1e-9)
    or abs(lost_t - replaceable_t - unreplaced_t) > 1e-6 * greatest(lost_t, 1)
