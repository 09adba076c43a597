-- How much would have to be bought to reach 180 days, and at what cost?
-- buy_t is known if all stocks are; buy_high_t counts stocks that are not printed as zero. Consumption is
-- that of the USA. The cost is given at the mean price of the year and at the newest price held, with its
-- period. A purchase of this size would raise both prices.
select
    mineral_id,
    year,
    target_t,
    buy_t,
    buy_high_t,
    newest_price_usd_per_kg,
    if(
        newest_price_period_type = 'month',
        strftime(newest_price_period, '%Y-%m'),
        strftime(newest_price_period, '%Y')
    ) as newest_price_of,
    buy_cost_newest_usd,
    buy_cost_newest_high_usd,
    price_usd_per_kg as mean_price_of_the_year_usd_per_kg,
    buy_cost_usd as buy_cost_at_the_mean_usd,
    buy_cost_high_usd as buy_cost_at_the_mean_high_usd,
    coverage,
    source_ids
from marts.stockpile_cover
where target_days = 180
qualify dense_rank() over (partition by mineral_id order by year desc) = 1
order by coalesce(buy_cost_newest_usd, buy_cost_newest_high_usd) desc nulls last, mineral_id asc;
