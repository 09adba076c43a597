-- How many days of consumption do known stocks cover, by mineral, the shortest first?
-- known_stock_t is the stock of industry and exchanges. If USGS prints them separately, metal in exchange
-- warehouses, such as most silver, belongs to the holders of the warrants; for copper there is one figure for
-- both. stocks_of says whose stocks these are, and stocks_counted has the words of USGS: those of chromium,
-- for example, are of consumers only. The National Defense Stockpile is not printed by mineral and does not
-- count, and neither does government_stock_t, silver of the Treasury, so cover can be longer than stated.
with newest as (
    select *
    from marts.stockpile_cover
    where target_days = 90
    qualify dense_rank() over (partition by mineral_id order by year desc) = 1
)

select
    mineral_id,
    year,
    days_of_consumption,
    list_sum([industry_stock_t, exchange_stock_t, industry_and_exchange_stock_t]) as known_stock_t,
    usa_consumption_t,
    case
        when days_of_consumption is not null
            then coalesce(
                nullif(
                    concat_ws(
                        ', ',
                        if(regexp_matches(stocks_printed_as, '(?i)producer'), 'producers', null),
                        if(regexp_matches(stocks_printed_as, '(?i)consumer'), 'consumers', null),
                        if(regexp_matches(stocks_printed_as, '(?i)dealer'), 'dealers', null),
                        if(regexp_matches(stocks_printed_as, '(?i)industry'), 'industry', null),
                        if(
                            regexp_matches(stocks_printed_as, '(?i)exchange|LME|COMEX'),
                            'exchange warehouses', null
                        )
                    ), ''
                ), 'holders not stated'
            )
    end as stocks_of,
    stocks_printed_as as stocks_counted,
    industry_stock_t,
    exchange_stock_t,
    government_stock_t,
    days_of_net_imports,
    case
        when days_of_consumption < 90 then 'below 90 days'
        when industry_days_of_consumption < 90 then '90 days or more, industry alone below'
        when days_of_consumption >= 90 then '90 days or more'
    end as against_90_days,
    coverage,
    source_ids
from newest
order by days_of_consumption asc nulls last, mineral_id asc;
