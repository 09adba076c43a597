-- How long US stocks would last, and what a joint stockpile for a number of days would need and cost.
-- Consumption is that of the three if known, otherwise that of the USA alone.
with supply as (
    select
        consumption.*,
        consumption.usa_consumption_t * consumption.usa_reliance_pct / 100 as usa_net_imports_t
    from {{ ref('fct_consumption') }} as consumption
    inner join {{ ref('dim_mineral') }} as mineral on consumption.mineral_id = mineral.mineral_id
    where mineral.tier is not null or mineral.is_adjacent
),

stocks as (
    select
        edition,
        mineral_id,
        year,
        max(stock_t) filter (where holder = 'industry') as industry_stock_t,
        max(stock_t) filter (where holder = 'exchange') as exchange_stock_t,
        max(stock_t) filter (where holder = 'industry_and_exchange') as industry_and_exchange_stock_t,
        max(stock_t) filter (where holder = 'government') as government_stock_t,
        coalesce(bool_or(is_withheld) filter (where holder != 'government'), false) as industry_withheld,
        coalesce(bool_or(is_withheld) filter (where holder = 'government'), false) as government_withheld,
        {{ exact_sum("case when holder != 'government' then stock_low_t end") }} as known_stock_t,
        case
            when
                count(*) filter (where holder != 'government')
                = count(stock_t) filter (where holder != 'government')
                then {{ exact_sum("case when holder != 'government' then stock_t end") }}
        end as market_stock_t,
        {{ joined_distinct('printed_as', '; ', where="stock_t is not null and holder != 'government'") }}
            as printed_as
    from {{ ref('fct_stock') }}
    group by edition, mineral_id, year
),

-- Shipments from the National Defense Stockpile, negative for additions, in the last year for which USGS
-- prints them: since 2023 neither its level nor its change is published.
released as (
    select
        edition,
        mineral_id,
        year as released_year,
        {{ exact_sum('quantity') }} as released_t
    from {{ ref('fct_supply_component') }}
    where
        role = 'stock_release'
        and contains(lower(statistic), 'shipments')
        and qualifier != 'NA'
        and base_unit = 't'
    group by edition, mineral_id, year
    qualify year = max(year) over (partition by edition, mineral_id)
),

joined as (
    select
        supply.*,
        released.released_t,
        released.released_year,
        targets.target_days,
        stocks.industry_stock_t,
        stocks.exchange_stock_t,
        stocks.industry_and_exchange_stock_t,
        stocks.government_stock_t,
        stocks.industry_withheld,
        stocks.government_withheld,
        stocks.known_stock_t,
        stocks.market_stock_t,
        stocks.printed_as,
        -- the price of ore is not the price of its products: ferroalloys and metal cost a multiple per kg of
        -- content
        prices.price_stage = 'ore_concentrate' and supply.stage != 'ore_concentrate' as is_price_of_ore,
        case when not is_price_of_ore then prices.usd_per_kg_content end as usd_per_kg,
        case when not is_price_of_ore then prices.newest_usd_per_kg_content end as newest_usd_per_kg,
        case when not is_price_of_ore then prices.newest_period end as newest_price_period,
        case when not is_price_of_ore then prices.newest_period_type end as newest_price_period_type,
        case when not is_price_of_ore then prices.series_id end as series_id,
        case when not is_price_of_ore then prices.source_id end as price_source_id,
        coalesce(supply.bloc_consumption_t, supply.usa_consumption_t) * targets.target_days / 365 as target_t
    from supply
    cross join {{ ref('dim_stockpile_target') }} as targets
    left join stocks
        on
            supply.edition = stocks.edition
            and supply.mineral_id = stocks.mineral_id
            and supply.year = stocks.year
    left join released
        on supply.edition = released.edition and supply.mineral_id = released.mineral_id
    left join
        {{ ref('fct_content_price') }} as prices
        on supply.mineral_id = prices.mineral_id and supply.year = prices.year
)

select
    mineral_id,
    year,
    target_days,
    edition,
    stage,
    industry_stock_t,
    exchange_stock_t,
    industry_and_exchange_stock_t,
    government_stock_t,
    printed_as as stocks_printed_as,
    coalesce(industry_withheld, false) as industry_withheld,
    coalesce(government_withheld, false) as government_withheld,
    usa_consumption_t,
    bloc_consumption_t,
    usa_net_imports_t,
    {{ days_of_cover('market_stock_t', 'usa_consumption_t') }} as days_of_consumption,
    {{ days_of_cover('industry_stock_t', 'usa_consumption_t') }} as industry_days_of_consumption,
    {{ days_of_cover('exchange_stock_t', 'usa_consumption_t') }} as exchange_days_of_consumption,
    case when usa_net_imports_t > 0 then {{ days_of_cover('market_stock_t', 'usa_net_imports_t') }} end
        as days_of_net_imports,
    {{ days_of_cover('government_stock_t', 'usa_consumption_t') }} as government_days_of_consumption,
    released_t as government_released_t,
    released_year as government_released_year,
    target_t,
    {{ at_least_zero('target_t - market_stock_t') }} as buy_t,
    {{ at_least_zero('target_t - coalesce(known_stock_t, 0)') }} as buy_high_t,
    series_id as price_series_id,
    usd_per_kg as price_usd_per_kg,
    round({{ at_least_zero('target_t - market_stock_t') }} * 1000 * usd_per_kg)::bigint as buy_cost_usd,
    round(
        {{ at_least_zero('target_t - coalesce(known_stock_t, 0)') }} * 1000 * usd_per_kg
    )::bigint as buy_cost_high_usd,
    newest_usd_per_kg as newest_price_usd_per_kg,
    newest_price_period,
    newest_price_period_type,
    round({{ at_least_zero('target_t - market_stock_t') }} * 1000 * newest_usd_per_kg)::bigint
        as buy_cost_newest_usd,
    round(
        {{ at_least_zero('target_t - coalesce(known_stock_t, 0)') }} * 1000 * newest_usd_per_kg
    )::bigint as buy_cost_newest_high_usd,
    case when bloc_consumption_t is not null then 'three_countries' else 'usa_only' end as area_coverage,
    coalesce(
        nullif(
            concat_ws(
                ';',
                case
                    when usa_consumption_t is null and bloc_consumption_t is null then 'consumption_withheld'
                end,
                case
                    when industry_withheld then 'industry_stock_withheld'
                    when market_stock_t is null then 'industry_stock_not_printed'
                end,
                case when government_stock_t is null then 'government_stockpile_not_printed' end,
                case
                    when is_price_of_ore then 'only_ore_is_priced'
                    when usd_per_kg is null then 'no_price'
                end
            ),
            ''
        ),
        'complete'
    ) as coverage,
    concat_ws(';', source_ids, {{ unless_listed('price_source_id', 'source_ids') }})
        as source_ids,
    archive_ids
from joined
