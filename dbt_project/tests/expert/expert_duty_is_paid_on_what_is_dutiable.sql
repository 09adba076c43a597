-- Dutiable value is part of the total value, and the duty rate on it is at least that on the total.
select
    mineral_id,
    stage,
    origin_iso3,
    period
from {{ ref('tariff_exposure') }}
where dutiable_usd > value_usd * (1 + 1e-6) or effective_rate_on_dutiable_pct < effective_rate_pct - 1e-6
