-- How much would have to be bought to reach 180 days, and at what cost?
select
    mineral_id,
    year,
    target_t,
    buy_t,
    buy_high_t,
    price_usd_per_kg,
    buy_cost_usd,
    buy_cost_high_usd,
    area_coverage,
    coverage
from marts.stockpile_cover
where target_days = 180
qualify dense_rank() over (partition by mineral_id order by year desc) = 1
order by coalesce(buy_cost_usd, buy_cost_high_usd) desc nulls last, mineral_id asc;
