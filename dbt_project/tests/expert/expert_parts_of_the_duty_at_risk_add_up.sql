-- MFN duty and additions add up to the duty at risk to the cent, both at today's rates and at those of the
-- month.
select
    mineral_id,
    stage,
    origin_iso3,
    period
from {{ ref('usmca_utilization') }}
where
    abs(duty_at_risk_usd - coalesce(duty_at_risk_mfn_usd, 0) - coalesce(duty_at_risk_additional_usd, 0))
    > 0.01
    or abs(
        duty_at_risk_then_usd
        - coalesce(duty_at_risk_then_mfn_usd, 0)
        - coalesce(duty_at_risk_then_additional_usd, 0)
    ) > 0.01
