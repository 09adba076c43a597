-- No import that is compared with a floor has a unit value ten times the price of the good, or a tenth of it:
-- such a value means a misstated weight or another good. For a period without a price, the newest earlier
-- price is used.
with judged as (
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
            and floors.period >= prices.period
    where floors.below_floor is not null
    qualify rank() over (
        partition by
            floors.scenario_id,
            floors.area,
            floors.hs_code,
            floors.origin_iso3,
            floors.period,
            floors.period_type
        order by
            prices.period = floors.period and prices.period_type = floors.period_type desc,
            prices.period desc,
            prices.period_type asc
    ) = 1
)

select *
from judged
where
    landed_usd_per_kg > 10 * usd_per_kg * (1 + 1e-6)
    or landed_usd_per_kg < usd_per_kg / 10 * (1 - 1e-6)
