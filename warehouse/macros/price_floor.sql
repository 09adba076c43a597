-- Imports of a mineral held against a floor of your own, USD per kg of what is traded, where weights are reported.
-- Lines of several minerals are left out. The mean of a period hides shipments below it: the adjustment is a minimum.
-- Example: from price_floor('lithium', 12) where area = 'USA';
create macro main.price_floor(of_mineral, at_usd_per_kg) as table
with lines as (
    select
        imports.area,
        products.stage,
        imports.hs_code,
        imports.origin_iso3,
        imports.period,
        imports.period_type,
        imports.value_usd,
        imports.value_basis,
        imports.net_weight_kg as quantity_kg,
        imports.is_net_weight_estimated,
        imports.value_usd / imports.net_weight_kg as landed_usd_per_kg
    from core.fct_area_import as imports
    inner join core.bridge_trade_product as products
        on
            imports.hs_code = products.hs_code
            and imports.nomenclature = products.nomenclature
            and products.mineral_id = of_mineral
            and products.weight_mid > 0.9
            and not products.is_allocation_only
    where imports.net_weight_kg > 0
)

select
    *,
    landed_usd_per_kg < at_usd_per_kg as below_floor,
    at_usd_per_kg - landed_usd_per_kg as gap_usd_per_kg,
    round(greatest(0, at_usd_per_kg - landed_usd_per_kg) * quantity_kg)::bigint as border_adjustment_usd
from lines
order by area, hs_code, period, origin_iso3;

comment on macro table main.price_floor is
'Imports against a floor in USD per kg traded. Example: from price_floor(''lithium'', 12) where area = ''USA''';
