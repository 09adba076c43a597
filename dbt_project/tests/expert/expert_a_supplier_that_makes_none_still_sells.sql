-- A supplier that makes none of a mineral, by its printed output, may still have sold goods made elsewhere:
-- the value of what would not be replaced is then at most what it sold, and not known to be nothing.
select
    scenario_id,
    mineral_id,
    lost_supplier_iso3,
    year,
    supplier_value_usd,
    value_not_replaced_usd,
    value_not_replaced_high_usd
from {{ ref('disruption_scenario') }}
where
    share_basis = 'output_of_supplier'
    and lost_t = 0
    and supplier_value_usd > 0
    and (
        value_not_replaced_usd is not null
        or value_not_replaced_high_usd is distinct from supplier_value_usd
        or coverage != 'not_made_by_supplier'
    )
