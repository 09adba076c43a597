-- How much of the trade with Mexico and Canada claims USMCA, and what duty falls due today if claims lapse?
-- Figures are for the months with trade among the newest twelve (`months` is their number); a month in which
-- customs recorded no claims on the lines is left out. duty_at_risk_usd has the ordinary and additional
-- duties at the rates of today, as far as the schedule held reaches; duty_at_risk_then_usd has those at the
-- rates of each month. The totals come first; they count each tariff line once and leave out finished goods.
-- The rows by mineral have these too, and a line of several minerals is divided among them by an estimate.
with claims as (
    select *
    from marts.usmca_claim
    where is_recorded and form = 'mineral'
    qualify period > max(period) over () - interval 12 month
),

totals as (
    select
        origin_iso3,
        sum(value_usd)::bigint as value_usd,
        100 * sum(usmca_value_usd) / sum(value_usd) as utilization_pct,
        coalesce(round(sum(usmca_value_usd * mfn_on_day_pct / 100)), 0)::bigint as ordinary_duty_usd,
        coalesce(round(sum(usmca_value_usd * waived_on_day_pct / 100)), 0)::bigint as additional_duties_usd,
        ordinary_duty_usd + additional_duties_usd as duty_at_risk_usd,
        round(sum(usmca_value_usd * (coalesce(mfn_then_pct, 0) + coalesce(waived_then_pct, 0)) / 100))::bigint
            as duty_at_risk_then_usd,
        min(period) as first_month,
        max(period) as last_month,
        count(distinct period) as months_recorded,
        min(as_of) as as_of,
        min(known_through) as schedule_known_through,
        coalesce(sum(usmca_value_usd) filter (mfn_on_day_pct is null), 0)::bigint as not_priced_usd,
        string_agg(distinct source_id, ';' order by source_id) || ';usitc_hts' as source_ids
    from claims
    group by grouping sets ((), (origin_iso3))
    having count(*) > 0
),

parts as (
    select
        origin_iso3,
        mineral_id,
        stage,
        sum(value_usd) as value_usd,
        100 * sum(usmca_value_usd) / nullif(sum(value_usd), 0) as utilization_pct,
        sum(duty_at_risk_mfn_usd) as ordinary_duty_usd,
        sum(duty_at_risk_additional_usd) as additional_duties_usd,
        sum(duty_at_risk_usd) as duty_at_risk_usd,
        sum(duty_at_risk_then_usd) as duty_at_risk_then_usd,
        min(period) as first_month,
        max(period) as last_month,
        count(distinct period) as months_recorded,
        any_value(as_of) as as_of,
        any_value(schedule_known_through) as schedule_known_through,
        sum(mfn_text_unpriced_usd) as not_priced_usd,
        any_value(source_ids) as source_ids
    from (
        select
            *,
            max(period) over () as newest_month
        from marts.usmca_utilization
    ) as utilization
    where period > newest_month - interval 12 month and not recording_break
    group by origin_iso3, mineral_id, stage
),

listed as (
    select
        *,
        null as mineral_id,
        'all but finished goods' as stage
    from totals
    union all by name
    select * from parts
)

select
    listed.origin_iso3,
    coalesce(countries.name, 'Canada and Mexico') as origin,
    listed.mineral_id,
    coalesce(minerals.name, 'All minerals together') as mineral,
    listed.stage,
    listed.value_usd,
    listed.utilization_pct,
    listed.duty_at_risk_usd,
    listed.ordinary_duty_usd,
    listed.additional_duties_usd,
    listed.duty_at_risk_then_usd,
    concat(
        strftime(listed.first_month, '%Y-%m'),
        if(listed.first_month < listed.last_month, strftime(listed.last_month, ' to %Y-%m'), ''),
        printf(' (%d with claims recorded)', listed.months_recorded)
    ) as months,
    concat('rates as last known on ', listed.schedule_known_through) as rates,
    nullif(
        concat_ws(
            '; ',
            case
                when listed.duty_at_risk_then_usd > 1.5 * listed.duty_at_risk_usd
                    then printf(
                        'at the rates of those months it would have been USD %.2f billion, with additional'
                        ' duties that are not in force by the rates last known',
                        listed.duty_at_risk_then_usd / 1e9
                    )
            end,
            case
                when listed.not_priced_usd > 0
                    then printf(
                        'USD %.1f million of it have a rate in words, not priced', listed.not_priced_usd / 1e6
                    )
            end
        ),
        ''
    ) as remark,
    listed.source_ids
from listed
left join core.dim_country as countries on listed.origin_iso3 = countries.iso3
left join core.dim_mineral as minerals on listed.mineral_id = minerals.mineral_id
order by
    listed.mineral_id is null desc,
    listed.origin_iso3 is null desc,
    listed.duty_at_risk_usd desc nulls last,
    listed.origin_iso3 asc,
    listed.mineral_id asc,
    listed.stage asc;
