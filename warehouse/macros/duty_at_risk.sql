-- Duty due on the recorded USMCA claims of the newest twelve months if they lapsed on a day, by the schedule held for that day,
-- with MFN duty and additions separately. Rates by weight or in words give no duty; mfn_text_unpriced_usd is the value of those
-- goods. After schedule_known_through the last known rules are applied; later changes are not known.
-- Example: from duty_at_risk(date '2026-07-24');
create macro main.duty_at_risk(day) as table
with claims as (
    from marts.usmca_claim
    where
        is_recorded
        and usmca_value_usd > 0
        and period > (select max(period) - interval 12 month from marts.usmca_claim)
)

select
    claims.origin_iso3,
    claims.form,
    min(claims.period) as first_month,
    max(claims.period) as last_month,
    sum(claims.usmca_value_usd)::bigint as usmca_value_usd,
    coalesce(round(sum(claims.usmca_value_usd * schedule.base_ad_valorem_pct / 100)), 0)::bigint
        as duty_at_risk_mfn_usd,
    coalesce(round(sum(claims.usmca_value_usd * schedule.usmca_waived_pct / 100)), 0)::bigint
        as duty_at_risk_additional_usd,
    duty_at_risk_mfn_usd + duty_at_risk_additional_usd as duty_at_risk_usd,
    coalesce(sum(claims.usmca_value_usd) filter (schedule.base_ad_valorem_pct is null), 0)::bigint
        as mfn_text_unpriced_usd,
    any_value(schedule.known_through) as schedule_known_through
from claims
left join marts.tariff_schedule as schedule
    on
        claims.hts8 = schedule.hts8
        and claims.origin_iso3 = schedule.origin_iso3
        and day >= schedule.valid_from
        and day <= coalesce(schedule.valid_to, date '9999-12-31')
group by claims.origin_iso3, claims.form
order by claims.origin_iso3, claims.form;

comment on macro table main.duty_at_risk is
'Duty on the newest USMCA claims if they lapsed on a day, USD. Example: from duty_at_risk(date ''2026-07-24'')';
