-- Monthly reference prices of the last five years against the mean of the five years to 2023.
with reference as (
    select
        price.mineral_id,
        price.series_id,
        price.period,
        price.usd_per_kg,
        avg(price.usd_per_kg) filter (
            where price.period between date '2019-01-01' and date '2023-12-31'
        ) over (partition by price.series_id) as floor_usd_per_kg
    from core.fct_price as price
    where price.period_type = 'month' and price.usd_per_kg is not null
)

select
    minerals.name as mineral,
    reference.period,
    round(reference.usd_per_kg, 3) as price_usd_per_kg,
    round(reference.floor_usd_per_kg, 3) as floor_usd_per_kg,
    reference.usd_per_kg < reference.floor_usd_per_kg as below_floor,
    reference.series_id as series
from reference
inner join core.dim_mineral as minerals using (mineral_id)
where reference.period >= date '2021-01-01' and minerals.on_us_2025
qualify row_number() over (partition by reference.mineral_id, reference.period order by reference.series_id) = 1
order by mineral, reference.period
