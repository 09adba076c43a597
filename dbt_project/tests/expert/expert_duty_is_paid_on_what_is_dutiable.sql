-- Dutiable value is part of the value, and the rate on it is at least the rate on all of it.
select
    mineral_id,
    stage,
    origin_iso3,
    period
from {{ ref('tariff_exposure') }}
where dutiable_usd > value_usd * (1 + 1e-6) or effective_rate_on_dutiable_pct < effective_rate_pct - 1e-6
