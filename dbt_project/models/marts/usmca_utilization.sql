-- Which part of US imports from Canada and Mexico claims USMCA, on lines with and without an MFN duty, and
-- the duty due if claims lapsed. Claims on MFN-free lines were not recorded at first: a break of the
-- record.
with imports as (
    select
        trade.source_id,
        product.mineral_id,
        trade.origin_iso3,
        trade.period,
        left(trade.hs_code, 8) as hts8,
        trade.value_usd * product.weight_mid as value_usd,
        trade.usmca_value_usd * product.weight_mid as usmca_value_usd,
        product.weight_low < product.weight_high as is_basket,
        (trade.period + interval 1 month)::date - 1 as period_end
    from {{ ref('fct_customs_import') }} as trade
    inner join {{ ref('bridge_trade_product') }} as product
        on
            trade.hs_code = product.hs_code
            and trade.nomenclature = product.nomenclature
            and trade.period >= product.valid_from
            and trade.period <= coalesce(product.valid_to, date '9999-12-31')
    where
        trade.reporter_iso3 = 'USA'
        and trade.period_type = 'month'
        and trade.usmca_value_usd is not null
        and trade.origin_iso3 in ('CAN', 'MEX')
        and trade.value_usd > 0
        and product.weight_mid > 0
        and not product.is_allocation_only
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
),

-- the record of claims on MFN-free lines starts with the first month in which any of them has one
recorded as (
    select
        *,
        (
            not mfn_zero
            or coalesce(period >= min(period) filter (where mfn_zero and usmca_value_usd > 0) over (), false)
        ) as is_recorded
    from lines
),

sums as (
    select
        mineral_id,
        origin_iso3,
        period,
        mfn_zero,
        is_recorded,
        {{ exact_sum('value_usd') }} as value_usd,
        {{ exact_sum('usmca_value_usd') }} as usmca_value_usd,
        {{ exact_sum('usmca_value_usd * mfn_pct / 100') }} as mfn_duty_usd,
        {{ exact_sum('usmca_value_usd * waived_pct / 100') }} as waived_usd,
        {{ exact_sum('usmca_value_usd * waived_low_pct / 100') }} as waived_low_usd,
        count(mfn_pct) < count(*) as has_text_rate,
        bool_or(is_basket) as has_basket,
        {{ joined_distinct('source_id', ';') }} as sources
    from recorded
    group by mineral_id, origin_iso3, period, mfn_zero, is_recorded
)

select
    mineral_id,
    origin_iso3,
    period,
    mfn_zero,
    round(value_usd)::bigint as value_usd,
    round(usmca_value_usd)::bigint as usmca_value_usd,
    case when is_recorded then 100 * {{ share('usmca_value_usd', 'value_usd') }} end as utilization_pct,
    case when is_recorded then round(mfn_duty_usd)::bigint end as duty_at_risk_mfn_usd,
    case when is_recorded then round(waived_usd)::bigint end as duty_at_risk_additional_usd,
    case when is_recorded then round(mfn_duty_usd)::bigint + round(waived_usd)::bigint end
        as duty_at_risk_usd,
    case when is_recorded then round(mfn_duty_usd)::bigint + round(waived_low_usd)::bigint end
        as duty_at_risk_low_usd,
    not is_recorded as recording_break,
    case
        when not is_recorded then 'claims_not_recorded'
        when has_text_rate then 'some_rates_not_ad_valorem'
        when has_basket then 'basket_codes_weighted'
        else 'ok'
    end as quality_flag,
    sources || ';usitc_hts' as source_ids
from sums
