-- The duty that would fall due is less than the goods are worth, and nothing is due on what is not claimed.
select
    mineral_id,
    stage,
    origin_iso3,
    period,
    usmca_value_usd,
    duty_at_risk_usd
from {{ ref('usmca_utilization') }}
where
    duty_at_risk_usd > usmca_value_usd
    or duty_at_risk_low_usd > duty_at_risk_usd + 0.01
    or (usmca_value_usd = 0 and duty_at_risk_usd > 0)
