-- A stockpile without a price has no cost figure, and one that needs no purchase costs zero.
select
    mineral_id,
    year,
    target_days
from {{ ref('stockpile_cover') }}
where
    (price_usd_per_kg is null and buy_cost_usd is not null)
    or (buy_t = 0 and buy_cost_usd > 0)
    or abs(buy_cost_usd - buy_t * 1000 * price_usd_per_kg) > greatest(1e-6 * buy_cost_usd, 1)
