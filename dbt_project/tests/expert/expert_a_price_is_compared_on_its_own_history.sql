-- A deviation from the five-year mean needs four years of monthly prices. Four or five annual prices are too
-- few.
select
    mineral_id,
    stage,
    period,
    zscore_observations
from {{ ref('market_distortion') }}
where zscore_5y is not null and (period_type != 'month' or zscore_observations < 48)
