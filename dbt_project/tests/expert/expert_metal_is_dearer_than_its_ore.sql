{{ config(severity='warn') }}
-- A kilogram of metal costs more than a kilogram of its content in ore.
select
    metal.mineral_id,
    metal.period,
    metal.usd_per_kg,
    ore.usd_per_kg as ore_usd_per_kg
from {{ ref('fct_reference_price') }} as metal
inner join {{ ref('fct_reference_price') }} as ore
    on
        metal.mineral_id = ore.mineral_id
        and metal.period = ore.period
        and metal.period_type = ore.period_type
where
    metal.stage = 'refined_metal'
    and ore.stage = 'ore_concentrate'
    and metal.usd_per_kg < ore.usd_per_kg
