-- Supply losses to simulate, with the supplier and mineral of each row; an asterisk matches any. Each is
-- simulated under every set of assumptions on replacement.
select
    assumptions.assumption_id,
    assumptions.label as assumption_label,
    assumptions.is_default,
    shocks.scenario_id,
    shocks.label,
    shocks.scope,
    nullif(shocks.lost_supplier_iso3, '*') as lost_supplier_iso3,
    nullif(shocks.mineral_id, '*') as mineral_id,
    shocks.retained_share,
    shocks.retained_t,
    shocks.utilisation_max_share,
    shocks.divertible_max_share,
    shocks.horizon_days,
    assumptions.growth_without_capacity_share,
    assumptions.divertible,
    assumptions.secondary_growth_share,
    shocks.note
from {{ ref('shocks') }} as shocks
cross join {{ ref('disruption_assumptions') }} as assumptions
