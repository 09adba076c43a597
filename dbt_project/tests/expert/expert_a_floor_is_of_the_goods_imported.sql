-- A floor derived from a reference price applies to goods of the same form. If it gives a verdict, the mean
-- unit value of all weighed imports of the code and period is between half and twice the price.
with made_of_prices as (
    select distinct scenario_id
    from {{ ref('dim_price_floor') }}
    where is_made_of_prices
),

codes as (
    select
        floors.scenario_id,
        floors.area,
        floors.hs_code,
        floors.period,
        floors.period_type,
        floors.mineral_id,
        floors.stage,
        floors.basis,
        sum(floors.landed_usd_per_kg * floors.quantity_kg) / sum(floors.quantity_kg) as landed_usd_per_kg
    from {{ ref('price_floor') }} as floors
    inner join made_of_prices on floors.scenario_id = made_of_prices.scenario_id
    where floors.quantity_method = 'reported'
    group by
        floors.scenario_id, floors.area, floors.hs_code, floors.period, floors.period_type, floors.mineral_id,
        floors.stage, floors.basis
    having bool_or(floors.below_floor is not null)
)

select
    codes.scenario_id,
    codes.hs_code,
    codes.period,
    codes.landed_usd_per_kg,
    prices.usd_per_kg
from codes
inner join {{ ref('fct_reference_price') }} as prices
    on
        codes.mineral_id = prices.mineral_id
        and codes.stage = prices.stage
        and codes.basis = prices.basis
        and codes.period = prices.period
        and codes.period_type = prices.period_type
where codes.landed_usd_per_kg not between prices.usd_per_kg / 2 and prices.usd_per_kg * 2
