-- A stockpile without a price has no cost, and one that needs no purchase costs zero. Each of the two costs
-- uses its own price: the mean of the year, or the newest price, which has a period.
with costed as (
    select
        mineral_id,
        year,
        target_days,
        buy_t,
        price_usd_per_kg,
        buy_cost_usd,
        false as is_without_period
    from {{ ref('stockpile_cover') }}
    union all
    select
        mineral_id,
        year,
        target_days,
        buy_t,
        newest_price_usd_per_kg as price_usd_per_kg,
        buy_cost_newest_usd as buy_cost_usd,
        newest_price_usd_per_kg is not null and newest_price_period is null as is_without_period
    from {{ ref('stockpile_cover') }}
)

select
    mineral_id,
    year,
    target_days
from costed
where
    is_without_period
    or (price_usd_per_kg is null and buy_cost_usd is not null)
    or (buy_t = 0 and buy_cost_usd > 0)
    or abs(buy_cost_usd - buy_t * 1000 * price_usd_per_kg) > greatest(1e-6 * buy_cost_usd, 1)
