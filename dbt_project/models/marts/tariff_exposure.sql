-- What US imports of a mineral paid by origin, against what the schedule asks without any preference.
with imports as (
    select
        trade.source_id,
        product.mineral_id,
        trade.origin_iso3,
        trade.period,
        trade.period_type,
        left(trade.hs_code, 8) as hts8,
        trade.value_usd * product.weight_mid as value_usd,
        trade.dutiable_usd * product.weight_mid as dutiable_usd,
        trade.calculated_duty_usd * product.weight_mid as calculated_duty_usd,
        product.weight_low < product.weight_high as is_basket,
        (
            trade.period + case trade.period_type when 'month' then interval 1 month else interval 1 year end
        )::date - 1 as period_end
    from {{ ref('fct_customs_import') }} as trade
    inner join {{ ref('bridge_trade_product') }} as product
        on
            trade.hs_code = product.hs_code
            and trade.nomenclature = product.nomenclature
            and trade.period >= product.valid_from
            and trade.period <= coalesce(product.valid_to, date '9999-12-31')
    where
        trade.reporter_iso3 = 'USA'
        and trade.calculated_duty_usd is not null
        and trade.value_usd > 0
        and product.weight_mid > 0
        and not product.is_allocation_only
),

{{ schedule_means('imports') }},

first_schedule as (
    select min(valid_from) as schedule_from from {{ ref('fct_tariff') }}
),

rated as (
    select
        imports.*,
        means.total_pct,
        means.preferential_total_pct,
        means.is_bound,
        first_schedule.schedule_from,
        case when means.total_pct is not null then imports.value_usd end as rated_usd,
        case when means.preferential_total_pct is not null then imports.value_usd end as preference_rated_usd
    from imports
    cross join first_schedule
    left join means
        on
            imports.hts8 = means.hts8
            and imports.origin_iso3 = means.origin_iso3
            and imports.period = means.period
            and imports.period_end = means.period_end
)

select
    'USA' as area,
    mineral_id,
    origin_iso3,
    period,
    period_type,
    round({{ exact_sum('value_usd') }})::bigint as value_usd,
    round({{ exact_sum('dutiable_usd') }})::bigint as dutiable_usd,
    round({{ exact_sum('calculated_duty_usd') }})::bigint as calculated_duty_usd,
    100 * {{ share(exact_sum('calculated_duty_usd'), exact_sum('value_usd')) }} as effective_rate_pct,
    100 * {{ share(exact_sum('calculated_duty_usd'), exact_sum('dutiable_usd')) }}
        as effective_rate_on_dutiable_pct,
    {{ share(exact_sum('value_usd * total_pct'), exact_sum('rated_usd')) }} as statutory_rate_pct,
    {{ share(exact_sum('value_usd * preferential_total_pct'), exact_sum('preference_rated_usd')) }}
        as preferential_rate_pct,
    effective_rate_pct - statutory_rate_pct as gap_pp,
    coalesce({{ share(exact_sum('rated_usd'), exact_sum('value_usd')) }}, 0) as statutory_coverage_share,
    case
        when max(period_end) < max(schedule_from) then 'no_schedule_held'
        when count(total_pct) < count(*) then 'some_rates_not_ad_valorem'
        when bool_or(is_bound) then 'statutory_is_upper_bound'
        when bool_or(is_basket) then 'basket_codes_weighted'
        else 'ok'
    end as quality_flag,
    {{ joined_distinct('source_id', ';') }} || ';usitc_hts' as source_ids
from rated
group by mineral_id, origin_iso3, period, period_type
