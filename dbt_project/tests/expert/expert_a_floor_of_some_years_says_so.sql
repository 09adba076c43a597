-- A floor that is a mean over years states in how many of them a price is held: for most minerals one of the
-- five years of usa_five_year_mean is not printed.
with held as (
    select
        floors.scenario_id,
        floors.mineral_id,
        floors.stage,
        count(distinct year(prices.period)) as years_held
    from {{ ref('dim_price_floor') }} as floors
    inner join {{ ref('fct_reference_price') }} as prices
        on
            floors.mineral_id = prices.mineral_id
            and floors.stage = prices.stage
            and floors.series_id = prices.series_id
            and prices.period between floors.window_from and floors.window_to
    where floors.rule = 'mean_reference_price'
    group by floors.scenario_id, floors.mineral_id, floors.stage
)

select
    imports.scenario_id,
    imports.mineral_id,
    imports.stage,
    held.years_held,
    imports.floor_years_held,
    imports.floor_years_asked
from {{ ref('price_floor') }} as imports
inner join held
    on
        imports.scenario_id = held.scenario_id
        and imports.mineral_id = held.mineral_id
        and imports.stage = held.stage
where
    imports.floor_years_held is distinct from held.years_held
    or imports.floor_years_asked is null
    or imports.floor_years_held > imports.floor_years_asked
