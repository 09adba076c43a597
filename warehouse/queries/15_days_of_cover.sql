-- How many days of consumption do known stocks cover, by mineral, the shortest first?
-- known_stock_t is the stock of industry and exchanges. Where they are apart, what lies in an exchange's
-- warehouse, such as most silver, belongs to whoever holds the warrants; for copper USGS prints one figure
-- for both. Stocks are those that USGS prints for industry and exchanges. The government stockpile is not
-- printed by mineral, so that cover can be longer than stated.
select
    mineral_id,
    year,
    days_of_consumption,
    list_sum([industry_stock_t, exchange_stock_t, industry_and_exchange_stock_t]) as known_stock_t,
    usa_consumption_t,
    industry_stock_t,
    exchange_stock_t,
    government_stock_t,
    industry_days_of_consumption,
    exchange_days_of_consumption,
    days_of_net_imports,
    case
        when days_of_consumption < 90 then 'below 90 days'
        when industry_days_of_consumption < 90 then '90 days or more, industry alone below'
        when days_of_consumption >= 90 then '90 days or more'
        else 'not known'
    end as against_90_days,
    coverage,
    source_ids
from marts.stockpile_cover
where target_days = 90
qualify dense_rank() over (partition by mineral_id order by year desc) = 1
order by days_of_consumption asc nulls last, mineral_id asc;
