{{ config(severity='warn') }}
-- The duty rate paid in a year on a mineral from an origin does not exceed the highest rate of the schedule.
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
