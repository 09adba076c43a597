-- A share that is not of the year's customs is of another form or of other years than the value sold in the
-- year: of China's aluminum, USGS states a share by weight over four years, and customs a value of USD
-- 127 169 in 2025. The value not replaced is then between 0 and all that the supplier sold.
select
    scenario_id,
    mineral_id,
    lost_supplier_iso3,
    year,
    share_basis,
    supplier_value_usd,
    value_not_replaced_usd,
    value_not_replaced_low_usd,
    value_not_replaced_high_usd
from {{ ref('disruption_scenario') }}
where
    scope = 'area_imports'
    and share_basis != 'customs_value_of_year'
    and supplier_value_usd > 0
    and (
        value_not_replaced_usd is not null
        or value_not_replaced_low_usd is distinct from 0
        or value_not_replaced_high_usd is distinct from supplier_value_usd
    )
