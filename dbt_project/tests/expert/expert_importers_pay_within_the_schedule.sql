{{ config(severity='warn') }}
-- A year's duty of a mineral from an origin is not above the highest rate that the schedule had for it.
select
    mineral_id,
    stage,
    origin_iso3,
    period,
    effective_rate_pct,
    statutory_rate_pct
from {{ ref('tariff_exposure') }}
where
    statutory_weighting = 'by_month_value'
    and statutory_coverage_share > 0.99
    and value_usd > 1e6
    and effective_rate_pct > statutory_rate_pct + 2
