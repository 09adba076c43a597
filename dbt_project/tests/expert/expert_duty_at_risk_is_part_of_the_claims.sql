-- The duty at risk is less than the value of the goods. Goods without a claim have no duty at risk.
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
