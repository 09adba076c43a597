-- Prices by year, from the reference series; `minerals ask prices` with a year has its months
select
    mineral_id,
    year(period) as year,
    stage,
    round(avg(reference_price_usd_per_kg), 3) as mean_usd_per_kg,
    round(min(reference_price_usd_per_kg), 3) as lowest_usd_per_kg,
    round(max(reference_price_usd_per_kg), 3) as highest_usd_per_kg,
    if(any_value(period_type) = 'month', count(*), null) as months,
    any_value(reference_series_id) as series
from marts.market_distortion
where
    mineral_id in (select unnest($minerals))
    and reference_price_usd_per_kg is not null
group by mineral_id, stage, year(period), period_type
-- months if they are held, otherwise years
qualify
    row_number() over (partition by mineral_id, stage, year(period) order by period_type asc) = 1
order by mineral_id, stage, year;
