-- Monthly reference prices and the floor: that of an agreement, otherwise the five-year mean to 2023.
select
    -- the metal if US reliance is on another form, as with lithium
    concat(minerals.name, if(distortion.stage = 'refined_metal' and traded.stage != 'refined_metal', ' metal', ''))
        as mineral,
    distortion.period,
    round(distortion.reference_price_usd_per_kg, 3) as price_usd_per_kg,
    round(distortion.floor_usd_per_kg, 3) as floor_usd_per_kg,
    coalesce(distortion.reference_price_usd_per_kg < distortion.floor_usd_per_kg, false) as below_floor,
    distortion.floor_scenario_id as floor_scenario,
    distortion.reference_series_id as series
from marts.market_distortion as distortion
inner join core.dim_mineral as minerals using (mineral_id)
left join (select distinct mineral_id, stage from core.fct_us_supply) as traded
    on distortion.mineral_id = traded.mineral_id
where
    distortion.period_type = 'month'
    and distortion.period >= date '2021-01-01'
    and distortion.reference_price_usd_per_kg is not null
    and minerals.on_us_2025
order by mineral, distortion.period
