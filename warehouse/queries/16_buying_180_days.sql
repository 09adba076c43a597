-- How much would have to be bought to reach 180 days, and at what cost?
-- buy_t and its cost are given only if all stocks are printed, also those of the government; this is so for
-- silver alone. buy_high_t counts stocks that are not printed as zero, so less may have to be bought.
-- Consumption is that of the USA. The cost is given at the mean price of the year and at the newest price
-- held, with its period. A purchase of this size would raise both prices.
select
    mineral_id,
    year,
    target_t,
    if(is_known, buy_t, null) as buy_t,
    buy_high_t,
    newest_price_usd_per_kg,
    if(
        newest_price_period_type = 'month',
        strftime(newest_price_period, '%Y-%m'),
        strftime(newest_price_period, '%Y')
    ) as newest_price_of,
    if(is_known, buy_cost_newest_usd, null) as buy_cost_newest_usd,
    buy_cost_newest_high_usd,
    price_usd_per_kg as mean_price_of_the_year_usd_per_kg,
    if(is_known, buy_cost_usd, null) as buy_cost_at_the_mean_usd,
    buy_cost_high_usd as buy_cost_at_the_mean_high_usd,
    coverage,
    source_ids
from (
    select
        *,
        not contains(coverage, 'not_printed') and not contains(coverage, 'withheld') as is_known
    from marts.stockpile_cover
) as cover
where target_days = 180
qualify dense_rank() over (partition by mineral_id order by year desc) = 1
order by buy_cost_newest_high_usd desc nulls last, mineral_id asc;
