{{ config(meta={'dagster': {'ref': {'name': 'price_floor'}}}) }}
-- The one floor that exists is NdPr at 110 USD/kg, and every exempt origin pays nothing.
select
    scenario_id,
    mineral_id,
    floor_usd_per_kg,
    'precedent' as reason
from {{ ref('dim_price_floor') }}
where is_precedent and not (mineral_id in ('neodymium', 'praseodymium') and floor_usd_per_kg = 110)
union all
select
    scenario_id,
    mineral_id,
    border_adjustment_usd,
    'exempt' as reason
from {{ ref('price_floor') }}
where exempt_reason is not null and border_adjustment_usd != 0
