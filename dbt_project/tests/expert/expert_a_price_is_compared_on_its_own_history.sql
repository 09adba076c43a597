{{ config(severity='warn') }}
-- A deviation from five years needs two years of prices at least.
select
    mineral_id,
    stage,
    period,
    zscore_observations
from {{ ref('market_distortion') }}
where zscore_5y is not null and zscore_observations < case period_type when 'month' then 24 else 3 end
