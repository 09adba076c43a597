-- Factors of price units that differ from their definitions: 0.45359237 kg to the pound, 31.1034768 g to the
-- troy ounce, 10 kg to the metric ton unit.
with defined (unit, usd_per_kg) as (
    values
    ('USD/kg', 1.0::double),
    ('USD/t', 1 / 1000.0::double),
    ('USD/lb', 1 / 0.45359237::double),
    ('cents per pound', 0.01 / 0.45359237::double),
    ('dollars per pound', 1 / 0.45359237::double),
    ('USD/troy_oz', 1000 / 31.1034768::double),
    ('dollars per troy ounce', 1000 / 31.1034768::double),
    ('USD/mtu', 1 / 10.0::double),
    ('dollars per dry metric ton unit', 1 / 10.0::double)
)

select
    defined.unit,
    defined.usd_per_kg,
    units.usd_per_kg as factor_of_the_seed
from defined
left join {{ ref('price_units') }} as units on defined.unit = units.unit
where units.usd_per_kg is null or abs(units.usd_per_kg / defined.usd_per_kg - 1) > 1e-12
