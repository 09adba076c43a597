-- US imports of the newest year compared with the five-year mean, where weights are reported, and the value
-- without weights.
select
    minerals.name as mineral,
    year(floors.period) as year,
    sum(floors.value_usd) filter (floors.quantity_method = 'reported') as judged_usd,
    sum(floors.value_usd) filter (floors.quantity_method = 'reported' and floors.below_floor) as below_floor_usd,
    sum(floors.border_adjustment_usd) as border_adjustment_usd,
    sum(floors.value_usd) filter (floors.quantity_method != 'reported') as no_weights_usd
from marts.price_floor as floors
inner join core.dim_mineral as minerals using (mineral_id)
where floors.scenario_id = 'usa_five_year_mean'
group by minerals.name, year(floors.period)
qualify year(floors.period) = max(year(floors.period)) over (partition by minerals.name)
order by judged_usd is null, mineral
