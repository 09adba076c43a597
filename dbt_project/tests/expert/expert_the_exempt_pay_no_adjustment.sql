-- An exempt origin pays no adjustment.
select
    scenario_id,
    hs_code,
    origin_iso3,
    period
from {{ ref('price_floor') }}
where exempt_reason is not null and border_adjustment_usd > 0
