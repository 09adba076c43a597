-- The gap is the rate paid minus the rate of the schedule. It is stated only if both are known.
select
    mineral_id,
    stage,
    origin_iso3,
    period,
    gap_pp
from {{ ref('tariff_exposure') }}
where
    abs(gap_pp - (effective_rate_pct - statutory_rate_pct)) > 1e-6
    or (gap_pp is not null and (effective_rate_pct is null or statutory_rate_pct is null))
