-- How much would have to be bought to reach 180 days, and at what cost?
-- buy_t and its cost are given only if all stocks are printed, also those of the government; this is so for
-- silver alone. buy_high_t counts stocks that are not printed as zero, so less may have to be bought.
-- Consumption is that of the USA. Amounts and costs have three digits, as consumption and stocks are printed.
-- The cost is given at the newest price of the series used here for stocks, and at its mean of the year;
-- price_is names that series, a content to which its price is converted, and a newer price of another series.
-- A purchase of this size would raise the price.
with cover as (
    select
        *,
        not contains(coverage, 'not_printed') and not contains(coverage, 'withheld') as is_known
    from marts.stockpile_cover
    where target_days = 180
    qualify dense_rank() over (partition by mineral_id order by year desc) = 1
),

prices as (
    select
        *,
        if(period_type = 'month', strftime(period, '%Y-%m'), strftime(period, '%Y')) as price_of,
        replace(series_id, '_', ' ') as series
    from marts.price_to_quote
),

newer as (
    select
        cover.mineral_id,
        max_by(
            format(
                'a newer price, of {} ({}), is {:.4g} USD/kg',
                other.price_of,
                other.series,
                other.price_usd_per_kg
            ),
            other.period
        ) as stated
    from cover
    inner join prices as own
        on cover.mineral_id = own.mineral_id and cover.price_series_id = own.series_id
    inner join prices as other
        on
            cover.mineral_id = other.mineral_id
            and own.stage = other.stage
            and cover.newest_price_period < other.period
    where cover.newest_price_usd_per_kg is not null
    group by cover.mineral_id
),

held as (
    select
        mineral_id,
        string_agg(concat(series, ' (', price_of, ')'), ', ' order by period desc, series_id asc) as listed
    from prices
    group by mineral_id
),

priced as (
    select
        cover.*,
        if(
            cover.newest_price_usd_per_kg is null,
            concat('not of these goods and this year; held: ', held.listed),
            concat_ws(
                '; ',
                replace(cover.price_series_id, '_', ' '),
                if(
                    abs(cover.newest_price_usd_per_kg / own.price_usd_per_kg - 1) > 0.001,
                    format(
                        '{:.4g} USD/kg of product, here {:.4g} USD/kg of the content that is consumed',
                        own.price_usd_per_kg,
                        cover.newest_price_usd_per_kg
                    ),
                    null
                ),
                newer.stated
            )
        ) as price_is
    from cover
    left join prices as own
        on
            cover.mineral_id = own.mineral_id
            and cover.price_series_id = own.series_id
            and cover.newest_price_period = own.period
    left join newer on cover.mineral_id = newer.mineral_id
    left join held on cover.mineral_id = held.mineral_id
),

-- three digits, and four of a price
rounded as (
    select
        mineral_id,
        round(newest_price_usd_per_kg, 3 - floor(log10(newest_price_usd_per_kg))::int)
            as newest_price_usd_per_kg,
        round(price_usd_per_kg, 3 - floor(log10(price_usd_per_kg))::int) as price_usd_per_kg,
        if(target_t > 0, round(target_t, 2 - floor(log10(target_t))::int), target_t) as target_t,
        if(buy_high_t > 0, round(buy_high_t, 2 - floor(log10(buy_high_t))::int), buy_high_t) as buy_high_t,
        if(
            buy_cost_newest_high_usd > 0,
            round(buy_cost_newest_high_usd, 2 - floor(log10(buy_cost_newest_high_usd))::int),
            buy_cost_newest_high_usd
        )::bigint as buy_cost_newest_high_usd,
        if(
            buy_cost_high_usd > 0,
            round(buy_cost_high_usd, 2 - floor(log10(buy_cost_high_usd))::int),
            buy_cost_high_usd
        )::bigint as buy_cost_high_usd
    from cover
)

select
    priced.mineral_id,
    priced.year,
    rounded.target_t,
    if(priced.is_known, rounded.buy_high_t, null) as buy_t,
    rounded.buy_high_t,
    rounded.newest_price_usd_per_kg,
    if(
        priced.newest_price_period_type = 'month',
        strftime(priced.newest_price_period, '%Y-%m'),
        strftime(priced.newest_price_period, '%Y')
    ) as newest_price_of,
    priced.price_is,
    if(priced.is_known, rounded.buy_cost_newest_high_usd, null) as buy_cost_newest_usd,
    rounded.buy_cost_newest_high_usd,
    rounded.price_usd_per_kg as mean_price_of_the_year_usd_per_kg,
    rounded.buy_cost_high_usd as buy_cost_at_the_mean_high_usd,
    priced.coverage,
    priced.source_ids
from priced
inner join rounded on priced.mineral_id = rounded.mineral_id
order by priced.buy_cost_newest_high_usd desc nulls last, priced.mineral_id asc;
