-- Duty that US imports of a mineral paid by stage and origin, compared with the rates of the schedule without
-- any preference.
with products as (
    select
        paid.origin_iso3,
        paid.period,
        paid.period_type,
        paid.statutory_rate_pct as line_rate_pct,
        paid.statutory_low_pct as line_low_pct,
        paid.preferential_rate_pct as line_preferential_pct,
        paid.is_bound,
        paid.is_weighted_by_month,
        paid.is_before_schedule,
        paid.is_after_schedule,
        paid.source_id,
        product.mineral_id,
        product.stage,
        product.weight_low < product.weight_high as is_basket,
        paid.value_usd * product.weight_mid as mineral_usd,
        paid.dutiable_usd * product.weight_mid as mineral_dutiable_usd,
        paid.calculated_duty_usd * product.weight_mid as mineral_duty_usd
    from {{ ref('duty_paid') }} as paid
    inner join {{ ref('bridge_trade_product') }} as product
        on
            paid.hs_code = product.hs_code
            and product.nomenclature = 'HTS'
            and paid.period >= product.valid_from
            and paid.period <= coalesce(product.valid_to, date '9999-12-31')
    where not product.is_allocation_only and product.weight_mid > 0
),

rated as (
    select
        *,
        case when line_rate_pct is not null then mineral_usd end as rated_usd,
        case when line_preferential_pct is not null then mineral_usd end as preference_rated_usd
    from products
)

select
    'USA' as area,
    mineral_id,
    stage,
    origin_iso3,
    period,
    period_type,
    round({{ exact_sum('mineral_usd') }})::bigint as value_usd,
    round({{ exact_sum('mineral_dutiable_usd') }})::bigint as dutiable_usd,
    round({{ exact_sum('mineral_duty_usd') }})::bigint as calculated_duty_usd,
    100 * {{ share(exact_sum('mineral_duty_usd'), exact_sum('mineral_usd')) }} as effective_rate_pct,
    100 * {{ share(exact_sum('mineral_duty_usd'), exact_sum('mineral_dutiable_usd')) }}
        as effective_rate_on_dutiable_pct,
    {{ share(exact_sum('mineral_usd * line_rate_pct'), exact_sum('rated_usd')) }} as statutory_rate_pct,
    {{ share(exact_sum('mineral_usd * line_low_pct'), exact_sum('rated_usd')) }} as statutory_low_pct,
    {{ share(exact_sum('mineral_usd * line_preferential_pct'), exact_sum('preference_rated_usd')) }}
        as preferential_rate_pct,
    effective_rate_pct - statutory_rate_pct as gap_pp,
    coalesce({{ share(exact_sum('rated_usd'), exact_sum('mineral_usd')) }}, 0) as statutory_coverage_share,
    case when bool_and(is_weighted_by_month) then 'by_month_value' else 'by_day' end as statutory_weighting,
    case
        when bool_and(is_before_schedule) then 'no_schedule_held'
        when bool_or(is_after_schedule) then 'not_known_after'
        when count(line_rate_pct) < count(*) then 'some_rates_not_ad_valorem'
        when bool_or(is_bound) then 'statutory_is_upper_bound'
        when bool_or(is_basket) then 'basket_codes_weighted'
        else 'ok'
    end as quality_flag,
    {{ joined_distinct('source_id', ';') }} || ';usitc_hts' as source_ids
from rated
group by mineral_id, stage, origin_iso3, period, period_type
