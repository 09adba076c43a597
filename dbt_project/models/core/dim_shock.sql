-- The losses to be tried, with the supplier and mineral that a row is about; an asterisk stands for any.
select
    scenario_id,
    label,
    scope,
    nullif(lost_supplier_iso3, '*') as lost_supplier_iso3,
    nullif(mineral_id, '*') as mineral_id,
    retained_share,
    retained_t,
    utilisation_max_share,
    growth_without_capacity_share,
    divertible_share,
    secondary_growth_share,
    horizon_days,
    note
from {{ ref('shocks') }}
