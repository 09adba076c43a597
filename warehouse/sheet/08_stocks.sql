-- Stocks in the United States, and what a stock of 90 days of use would take
select
    mineral_id,
    year,
    industry_stock_t,
    exchange_stock_t,
    industry_and_exchange_stock_t,
    government_stock_t,
    round(days_of_consumption) as days_of_use,
    round(buy_t, 1) as buy_t,
    buy_cost_newest_usd as buy_cost_usd,
    case
        when buy_cost_newest_usd is null then null
        when newest_price_period_type = 'month' then strftime(newest_price_period, '%Y-%m')
        else strftime(newest_price_period, '%Y')
    end as at_the_price_of,
    replace(replace(coverage, '_', ' '), ';', '; ') as coverage
from marts.stockpile_cover
where mineral_id in (select unnest($minerals)) and target_days = 90 and year <= coalesce($year, year)
qualify row_number() over (partition by mineral_id order by edition desc, year desc) = 1
order by mineral_id;
