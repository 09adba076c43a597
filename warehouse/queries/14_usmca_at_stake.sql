-- How much of the trade with Mexico and Canada claims USMCA, and what duty falls due today if claims lapse?
-- Figures are for the months with trade among the newest twelve (`months` is their number); a month in which
-- customs recorded no claims on the lines is left out. duty_at_risk_usd has the ordinary and additional
-- duties at the rates of today, as far as the schedule held reaches; duty_at_risk_then_usd has those at the
-- rates of each month.
select
    origin_iso3,
    mineral_id,
    stage,
    sum(value_usd) as value_usd,
    100 * sum(usmca_value_usd) / nullif(sum(value_usd), 0) as utilization_pct,
    sum(duty_at_risk_usd) as duty_at_risk_usd,
    sum(duty_at_risk_mfn_usd) as ordinary_duty_usd,
    sum(duty_at_risk_additional_usd) as additional_duties_usd,
    sum(duty_at_risk_then_usd) as duty_at_risk_then_usd,
    concat(
        strftime(min(period), '%Y-%m'),
        if(min(period) < max(period), strftime(max(period), ' to %Y-%m'), ''),
        printf(' (%d with claims recorded)', count(distinct period))
    ) as months,
    concat('rates of ', any_value(as_of), ', schedule of ', any_value(schedule_known_through)) as rates,
    if(
        sum(mfn_text_unpriced_usd) > 0,
        concat(
            'USD ', format('{:,}', sum(mfn_text_unpriced_usd)::bigint), ' have a rate in words, not priced'
        ),
        null
    ) as remark,
    any_value(source_ids) as source_ids
from (
    select
        *,
        max(period) over () as newest_month
    from marts.usmca_utilization
) as claims
where period > newest_month - interval 12 month and not recording_break
group by origin_iso3, mineral_id, stage
order by duty_at_risk_usd desc nulls last, origin_iso3 asc, mineral_id asc, stage asc;
