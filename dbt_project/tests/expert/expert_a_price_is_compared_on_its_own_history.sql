-- A deviation from five years needs four years of months: four or five prices by year have none worth a name.
select
    mineral_id,
    stage,
    period,
    zscore_observations
from {{ ref('market_distortion') }}
where zscore_5y is not null and (period_type != 'month' or zscore_observations < 48)
