-- Duty that US imports paid on each tariff line of a covered mineral by origin, compared with the rates of
-- the schedule without any preference. Each line appears once, however many minerals it contains, so take
-- totals over minerals from here.
{{ config(
    pre_hook="{{ begin_batches(ref('fct_customs_import')) }}",
    post_hook="{{ insert_further_batches() }}"
) }}
with {{ line_forms() }},

imports as (
    select
        trade.source_id,
        trade.hs_code,
        left(trade.hs_code, 8) as hts8,
        forms.form,
        trade.origin_iso3,
        trade.period,
        trade.period_type,
        trade.value_usd,
        trade.dutiable_usd,
        trade.calculated_duty_usd,
        (
            trade.period + case trade.period_type when 'month' then interval 1 month else interval 1 year end
        )::date - 1 as period_end
    from {{ ref('fct_customs_import') }} as trade
    inner join forms
        on
            trade.hs_code = forms.hs_code
            and trade.nomenclature = forms.nomenclature
            and trade.period >= forms.valid_from
            and trade.period <= forms.valid_to
    where
        trade.reporter_iso3 = 'USA'
        and trade.calculated_duty_usd is not null
        and trade.value_usd > 0
        and {{ is_in_batch('trade', ref('fct_customs_import')) }}
),

-- Rates and imports change within a year. Where months are held, a year's rate is the mean of its months
-- weighted by import value; otherwise every day has equal weight.
months as (
    select
        left(trade.hs_code, 8) as hts8,
        trade.origin_iso3,
        trade.period,
        date_trunc('year', trade.period)::date as year_start,
        {{ exact_sum('trade.value_usd') }} as month_usd
    from {{ ref('fct_customs_import') }} as trade
    where
        trade.reporter_iso3 = 'USA'
        and trade.period_type = 'month'
        and trade.nomenclature = 'HTS'
        and trade.value_usd > 0
        and {{ is_in_batch('trade', ref('fct_customs_import')) }}
    group by left(trade.hs_code, 8), trade.origin_iso3, trade.period
),

held_months as (
    select distinct
        origin_iso3,
        period
    from months
),

whole_years as (
    select
        origin_iso3,
        date_trunc('year', period)::date as year_start
    from held_months
    group by origin_iso3, date_trunc('year', period)::date
    having count(*) = 12
),

slices as (
    select distinct
        imports.hts8,
        imports.origin_iso3,
        imports.period as of_period,
        imports.period_end as of_period_end,
        months.period,
        (months.period + interval 1 month)::date - 1 as period_end,
        months.month_usd as weight,
        true as is_by_value
    from imports
    inner join whole_years
        on imports.origin_iso3 = whole_years.origin_iso3 and imports.period = whole_years.year_start
    inner join months
        on
            imports.hts8 = months.hts8
            and imports.origin_iso3 = months.origin_iso3
            and imports.period = months.year_start
    where imports.period_type = 'year'
),

asked_for as (
    select * from slices
    union all
    select distinct
        imports.hts8,
        imports.origin_iso3,
        imports.period as of_period,
        imports.period_end as of_period_end,
        imports.period,
        imports.period_end,
        1 as weight,
        false as is_by_value
    from imports
    left join slices
        on
            imports.hts8 = slices.hts8
            and imports.origin_iso3 = slices.origin_iso3
            and imports.period = slices.of_period
            and imports.period_end = slices.of_period_end
    where slices.hts8 is null
),

{{ schedule_means('asked_for') }},

rates as (
    select
        asked_for.hts8,
        asked_for.origin_iso3,
        asked_for.of_period,
        asked_for.of_period_end,
        bool_and(asked_for.is_by_value) as is_by_value,
        case
            when count(means.total_pct) = count(*)
                then
                    {{ exact_sum('asked_for.weight * means.total_pct') }}
                    / {{ exact_sum('asked_for.weight') }}
        end as total_pct,
        case
            when count(means.total_low_pct) = count(*)
                then
                    {{ exact_sum('asked_for.weight * means.total_low_pct') }}
                    / {{ exact_sum('asked_for.weight') }}
        end as total_low_pct,
        case
            when count(means.preferential_total_pct) = count(*)
                then
                    {{ exact_sum('asked_for.weight * means.preferential_total_pct') }}
                    / {{ exact_sum('asked_for.weight') }}
        end as preferential_total_pct,
        bool_or(means.is_bound) as is_bound
    from asked_for
    left join means
        on
            asked_for.hts8 = means.hts8
            and asked_for.origin_iso3 = means.origin_iso3
            and asked_for.period = means.period
            and asked_for.period_end = means.period_end
    group by asked_for.hts8, asked_for.origin_iso3, asked_for.of_period, asked_for.of_period_end
),

span as (
    select
        min(tariff.valid_from) as schedule_from,
        min(horizon.known_through) as known_through
    from {{ ref('fct_tariff') }} as tariff
    cross join {{ ref('dim_tariff_horizon') }} as horizon
)

select
    imports.hs_code,
    imports.origin_iso3,
    imports.period,
    imports.period_type,
    imports.hts8,
    imports.form,
    imports.value_usd,
    imports.dutiable_usd,
    imports.calculated_duty_usd,
    rates.total_pct as statutory_rate_pct,
    rates.total_low_pct as statutory_low_pct,
    rates.preferential_total_pct as preferential_rate_pct,
    coalesce(rates.is_bound, false) as is_bound,
    coalesce(rates.is_by_value, false) as is_weighted_by_month,
    imports.period_end < span.schedule_from as is_before_schedule,
    imports.period_end > span.known_through as is_after_schedule,
    imports.source_id
from imports
cross join span
left join rates
    on
        imports.hts8 = rates.hts8
        and imports.origin_iso3 = rates.origin_iso3
        and imports.period = rates.of_period
        and imports.period_end = rates.of_period_end
