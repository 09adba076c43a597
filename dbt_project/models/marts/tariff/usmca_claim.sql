-- USMCA claims on each tariff line of a covered mineral by month, with the rates of that month and on the day
-- of the build under the available schedule. Each line appears once, so take totals over minerals from here.
with clock as (
    select {{ today() }} as today
),

{{ line_forms() }},

imports as (
    select
        trade.source_id,
        trade.hs_code,
        left(trade.hs_code, 8) as hts8,
        forms.form,
        trade.origin_iso3,
        trade.period,
        trade.value_usd,
        trade.usmca_value_usd,
        (trade.period + interval 1 month)::date - 1 as period_end
    from {{ ref('fct_customs_import') }} as trade
    inner join forms
        on
            trade.hs_code = forms.hs_code
            and trade.nomenclature = forms.nomenclature
            and trade.period >= forms.valid_from
            and trade.period <= forms.valid_to
    where
        trade.reporter_iso3 = 'USA'
        and trade.period_type = 'month'
        and trade.usmca_value_usd is not null
        and trade.origin_iso3 in ('CAN', 'MEX')
        and trade.value_usd > 0
),

{{ schedule_means('imports') }},

lines as (
    select
        imports.*,
        coalesce(
            tariff.mfn_parse_status = 'free'
            or tariff.mfn_ad_valorem_pct + tariff.mfn_specific_usd_per_kg = 0,
            false
        ) as mfn_zero,
        means.mfn_pct,
        means.waived_pct,
        means.waived_low_pct
    from imports
    inner join {{ ref('fct_tariff') }} as tariff
        on
            imports.hts8 = tariff.hts8
            and imports.period >= tariff.valid_from
            and imports.period <= coalesce(tariff.valid_to, date '9999-12-31')
    left join means
        on
            imports.hts8 = means.hts8
            and imports.origin_iso3 = means.origin_iso3
            and imports.period = means.period
            and imports.period_end = means.period_end
)

select
    lines.hs_code,
    lines.origin_iso3,
    lines.period,
    lines.hts8,
    lines.form,
    lines.mfn_zero,
    -- recording of claims on MFN-free lines starts with the first month in which any of them has a claim
    not lines.mfn_zero
    or coalesce(
        lines.period
        >= min(lines.period) filter (where lines.mfn_zero and lines.usmca_value_usd > 0) over (),
        false
    ) as is_recorded,
    lines.value_usd,
    lines.usmca_value_usd,
    lines.mfn_pct as mfn_then_pct,
    lines.waived_pct as waived_then_pct,
    lines.waived_low_pct as waived_then_low_pct,
    clock.today as as_of,
    on_day.base_ad_valorem_pct as mfn_on_day_pct,
    on_day.usmca_waived_pct as waived_on_day_pct,
    greatest(on_day.usmca_waived_pct - on_day.additional_range_pct, 0) as waived_on_day_low_pct,
    coalesce(on_day.base_specific_usd_per_kg > 0, false) as has_specific_rate,
    on_day.rate_status as rate_status_on_day,
    on_day.known_through,
    lines.source_id
from lines
cross join clock
left join {{ ref('tariff_schedule') }} as on_day
    on
        lines.hts8 = on_day.hts8
        and lines.origin_iso3 = on_day.origin_iso3
        and clock.today >= on_day.valid_from
        and clock.today <= coalesce(on_day.valid_to, date '9999-12-31')
