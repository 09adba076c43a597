-- Stocks, and what 90 days of joint stock would take
select
    mineral_id,
    year,
    industry_stock_t,
    government_stock_t,
    round(days_of_consumption) as days_of_use,
    round(buy_t, 1) as buy_t,
    buy_cost_usd,
    replace(replace(coverage, '_', ' '), ';', '; ') as coverage
from marts.stockpile_cover
where mineral_id in (select unnest($minerals)) and target_days = 90 and year <= coalesce($year, year)
qualify row_number() over (partition by mineral_id order by edition desc, year desc) = 1
order by mineral_id;
