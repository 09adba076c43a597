-- No import that is compared with a floor has a unit value ten times the price of the good, or a tenth of it.
-- Such a value means a misstated weight or another good.
select
    floors.hs_code,
    floors.mineral_id,
    floors.stage,
    floors.origin_iso3,
    floors.period,
    floors.landed_usd_per_kg,
    prices.usd_per_kg
from {{ ref('price_floor') }} as floors
inner join {{ ref('fct_reference_price') }} as prices
    on
        floors.mineral_id = prices.mineral_id
        and floors.stage = prices.stage
        and floors.basis = prices.basis
        and floors.period = prices.period
        and floors.period_type = prices.period_type
where
    floors.below_floor is not null
    and (
        floors.landed_usd_per_kg > 10 * prices.usd_per_kg * (1 + 1e-6)
        or floors.landed_usd_per_kg < prices.usd_per_kg / 10 * (1 - 1e-6)
    )
