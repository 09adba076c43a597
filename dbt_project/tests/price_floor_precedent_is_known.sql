{{ config(severity='warn') }}
-- NdPr at 110 USD/kg is the only known floor in force. Any other in seeds/price_floors.csv needs an agreement
-- as its source.
select
    scenario_id,
    mineral_id,
    floor_usd_per_kg
from {{ ref('dim_price_floor') }}
where is_precedent and not (mineral_id in ('neodymium', 'praseodymium') and floor_usd_per_kg = 110)
