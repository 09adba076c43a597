-- A floor that is a mean over years lies between the lowest and the highest price of its series.
select
    floors.scenario_id,
    floors.mineral_id,
    floors.stage,
    any_value(floors.floor_usd_per_kg) as floor_usd_per_kg,
    min(prices.usd_per_kg) as lowest,
    max(prices.usd_per_kg) as highest
from {{ ref('dim_price_floor') }} as floors
inner join {{ ref('fct_reference_price') }} as prices
    on
        floors.mineral_id = prices.mineral_id
        and floors.stage = prices.stage
        and floors.basis = prices.basis
where floors.scenario_id = 'usa_five_year_mean'
group by floors.scenario_id, floors.mineral_id, floors.stage, floors.valid_from
having
    -- the sum of many numbers has rounding errors
    min(floors.floor_usd_per_kg) < min(prices.usd_per_kg) * (1 - 1e-9)
    or max(floors.floor_usd_per_kg) > max(prices.usd_per_kg) * (1 + 1e-9)
