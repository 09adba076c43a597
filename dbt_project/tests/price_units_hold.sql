-- A price that is a hundred times the previous one, or a hundredth, is in another unit.
with prices as (
    select
        source_id,
        series_id,
        mineral_id,
        stage,
        period_type,
        period,
        usd_per_kg,
        lag(usd_per_kg) over (
            partition by source_id, series_id, mineral_id, stage, basis, period_type
            order by period
        ) as usd_per_kg_before
    from {{ ref('fct_price') }}
)

select
    source_id,
    series_id,
    mineral_id,
    stage,
    period_type,
    period,
    usd_per_kg,
    usd_per_kg_before
from prices
where
    usd_per_kg > 0
    and usd_per_kg_before > 0
    and (usd_per_kg >= 100 * usd_per_kg_before or usd_per_kg_before >= 100 * usd_per_kg)
