{#
    Two common table expressions: `means`, the schedule's rates averaged over the days of each import's period, for
    every line and origin of a relation with hts8, origin_iso3, period and period_end. A period that the
    schedule does not cover to its last day has no mean, nor has a rate that is text. `waived_pct` is the
    saving from a USMCA claim beyond the MFN duty. `is_bound` says that the mean is an upper bound.
#}
{% macro schedule_means(relation) -%}
asked as (
    select distinct
        hts8,
        origin_iso3,
        period,
        period_end
    from {{ relation }}
),

means as (
    select
        asked.hts8,
        asked.origin_iso3,
        asked.period,
        asked.period_end,
        {{ mean_over_days('schedule.total_ad_valorem_pct') }} as total_pct,
        {{ mean_over_days('(schedule.total_ad_valorem_pct - schedule.additional_range_pct)') }} as total_low_pct,
        {{ mean_over_days('schedule.preferential_total_ad_valorem_pct') }} as preferential_total_pct,
        {{ mean_over_days('schedule.base_ad_valorem_pct') }} as mfn_pct,
        {{ mean_over_days('schedule.usmca_waived_pct') }} as waived_pct,
        {{ mean_over_days('greatest(schedule.usmca_waived_pct - schedule.additional_range_pct, 0)') }}
            as waived_low_pct,
        bool_or(schedule.additional_range_pct > 0 or schedule.base_specific_usd_per_kg > 0) as is_bound
    from asked
    inner join {{ ref('tariff_schedule') }} as schedule
        on
            asked.hts8 = schedule.hts8
            and asked.origin_iso3 = schedule.origin_iso3
            and asked.period_end >= schedule.valid_from
            and asked.period <= coalesce(schedule.valid_to, date '9999-12-31')
    group by asked.hts8, asked.origin_iso3, asked.period, asked.period_end
)
{%- endmacro %}

{# A rate averaged over the days of a period; null if a day has none. #}
{% macro mean_over_days(rate) -%}
    {%- set days -%}
        ({{ days_between(
            'greatest(schedule.valid_from, asked.period)',
            "least(coalesce(schedule.valid_to, date '9999-12-31'), asked.period_end)"
        ) }} + 1)
    {%- endset -%}
    {%- set days_asked -%} ({{ days_between('asked.period', 'asked.period_end') }} + 1) {%- endset -%}
    case
        when sum({{ days }}) filter (where {{ rate }} is not null) = {{ days_asked }}
            then {{ exact_sum(rate ~ ' * ' ~ days) }} / {{ days_asked }}
    end
{%- endmacro %}

{#
    The common table expression `forms`: the tariff lines of covered minerals, each once, however many
    minerals it contains, with a flag for finished goods and the days on which it counts.
#}
{% macro line_forms() -%}
forms as (
    select
        hs_code,
        nomenclature,
        case when bool_and(stage = 'end_form') then 'end_form' else 'mineral' end as form,
        min(valid_from) as valid_from,
        max(coalesce(valid_to, date '9999-12-31')) as valid_to
    from {{ ref('bridge_trade_product') }}
    where not is_allocation_only
    group by hs_code, nomenclature
)
{%- endmacro %}
