-- How much of the trade with Mexico and Canada claims USMCA, and what duty falls due today if claims lapse?
select
    origin_iso3,
    mineral_id,
    stage,
    sum(value_usd) as value_usd,
    100 * sum(usmca_value_usd) / nullif(sum(value_usd), 0) as utilization_pct,
    sum(duty_at_risk_mfn_usd) as duty_at_risk_mfn_usd,
    sum(duty_at_risk_additional_usd) as duty_at_risk_additional_usd,
    sum(duty_at_risk_usd) as duty_at_risk_usd,
    sum(mfn_text_unpriced_usd) as mfn_text_unpriced_usd,
    sum(duty_at_risk_then_usd) as duty_at_risk_then_usd,
    any_value(as_of) as as_of,
    any_value(schedule_known_through) as schedule_known_through,
    min(period) as first_month,
    max(period) as last_month
from (
    select
        *,
        max(period) over () as newest_month
    from marts.usmca_utilization
) as claims
where period > newest_month - interval 12 month and not recording_break
group by origin_iso3, mineral_id, stage
order by duty_at_risk_usd desc nulls last, origin_iso3 asc, mineral_id asc, stage asc;
