-- Share of US imports from Canada and Mexico with a USMCA claim, on lines with and without an MFN duty, and
-- the duty due if the recorded claims lapsed: at the rates of the day of the build, and at those of the
-- months themselves. Claims on MFN-free lines were not recorded at first, which breaks the series.
with claims as (
    select
        claim.*,
        product.mineral_id,
        product.stage,
        product.weight_low < product.weight_high as is_basket,
        claim.value_usd * product.weight_mid as mineral_usd,
        claim.usmca_value_usd * product.weight_mid as claimed_usd
    from {{ ref('usmca_claim') }} as claim
    inner join {{ ref('bridge_trade_product') }} as product
        on
            claim.hs_code = product.hs_code
            and product.nomenclature = 'HTS'
            and claim.period >= product.valid_from
            and claim.period <= coalesce(product.valid_to, date '9999-12-31')
    where not product.is_allocation_only and product.weight_mid > 0
),

sums as (
    select
        mineral_id,
        stage,
        origin_iso3,
        period,
        mfn_zero,
        is_recorded,
        {{ exact_sum('mineral_usd') }} as value_usd,
        {{ exact_sum('claimed_usd') }} as usmca_value_usd,
        {{ exact_sum('claimed_usd * mfn_on_day_pct / 100') }} as mfn_usd,
        {{ exact_sum('claimed_usd * waived_on_day_pct / 100') }} as waived_usd,
        {{ exact_sum('claimed_usd * waived_on_day_low_pct / 100') }} as waived_low_usd,
        {{ exact_sum('case when mfn_on_day_pct is null then claimed_usd end') }} as text_usd,
        {{ exact_sum('claimed_usd * mfn_then_pct / 100') }} as mfn_then_usd,
        {{ exact_sum('claimed_usd * waived_then_pct / 100') }} as waived_then_usd,
        bool_or(has_specific_rate) as has_specific_rate,
        bool_or(is_basket) as has_basket,
        min(as_of) as as_of,
        min(known_through) as known_through,
        {{ joined_distinct('source_id', ';') }} as sources
    from claims
    group by mineral_id, stage, origin_iso3, period, mfn_zero, is_recorded
),

-- each part is rounded separately, so that the parts add up to the total to the dollar
parts as (
    select
        *,
        case when is_recorded then round(mfn_usd)::bigint end as mfn_part_usd,
        case when is_recorded then round(waived_usd)::bigint end as waived_part_usd,
        case when is_recorded then round(waived_low_usd)::bigint end as waived_low_part_usd,
        case when is_recorded then round(mfn_then_usd)::bigint end as mfn_then_part_usd,
        case when is_recorded then round(waived_then_usd)::bigint end as waived_then_part_usd
    from sums
)

select
    mineral_id,
    stage,
    origin_iso3,
    period,
    mfn_zero,
    round(value_usd)::bigint as value_usd,
    round(usmca_value_usd)::bigint as usmca_value_usd,
    case when is_recorded then 100 * {{ share('usmca_value_usd', 'value_usd') }} end as utilization_pct,
    as_of,
    known_through as schedule_known_through,
    mfn_part_usd as duty_at_risk_mfn_usd,
    waived_part_usd as duty_at_risk_additional_usd,
    case
        when mfn_part_usd is not null or waived_part_usd is not null
            then coalesce(mfn_part_usd, 0) + coalesce(waived_part_usd, 0)
    end as duty_at_risk_usd,
    case
        when mfn_part_usd is not null or waived_low_part_usd is not null
            then coalesce(mfn_part_usd, 0) + coalesce(waived_low_part_usd, 0)
    end as duty_at_risk_low_usd,
    case when is_recorded then coalesce(round(text_usd)::bigint, 0) end as mfn_text_unpriced_usd,
    mfn_then_part_usd as duty_at_risk_then_mfn_usd,
    waived_then_part_usd as duty_at_risk_then_additional_usd,
    case
        when mfn_then_part_usd is not null or waived_then_part_usd is not null
            then coalesce(mfn_then_part_usd, 0) + coalesce(waived_then_part_usd, 0)
    end as duty_at_risk_then_usd,
    not is_recorded as recording_break,
    case
        when not is_recorded then 'claims_not_recorded'
        when text_usd > 0 then 'some_rates_not_ad_valorem'
        when has_specific_rate then 'specific_part_left_out'
        when has_basket then 'basket_codes_weighted'
        else 'ok'
    end as quality_flag,
    sources || ';usitc_hts' as source_ids
from parts
