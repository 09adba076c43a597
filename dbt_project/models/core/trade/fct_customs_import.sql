-- Imports by tariff line and origin from the customs of the USA and Canada, summed over provisions and
-- districts: one source per period, never a sum of sources. Twelve months of a source make a year.
{{ config(
    pre_hook="{{ begin_batches(ref('fct_trade')) }}",
    post_hook="{{ insert_further_batches() }}"
) }}
{%- set amounts = [
    'value_usd', 'general_value_usd', 'dutiable_usd', 'calculated_duty_usd', 'charges_usd', 'usmca_value_usd',
] %}

with sources (source_id, preference, is_partial) as (
    values {{ customs_preferences() }}
),

stated as (
    select
        trade.*,
        sources.preference,
        not sources.is_partial as has_all_origins,
        date_trunc('year', trade.period)::date as year_start
    from {{ ref('fct_trade') }} as trade
    inner join sources on trade.source_id = sources.source_id
    where
        trade.flow = 'import'
        and trade.partner_iso3 != 'WLD'
        and {{ is_in_batch('trade', ref('fct_trade')) }}
),

whole_years as (
    select
        source_id,
        year_start
    from stated
    where period_type = 'month' and has_all_origins
    group by source_id, year_start
    having count(distinct period) = 12
),

periods as (
    select
        {{ all_but(['period', 'period_type']) }},
        period,
        period_type
    from stated
    union all
    select
        {{ all_but(['period', 'period_type'], of='stated') }},
        stated.year_start as period,
        'year' as period_type
    from stated
    inner join whole_years
        on stated.source_id = whole_years.source_id and stated.year_start = whole_years.year_start
    where stated.period_type = 'month'
)

select
    reporter_iso3,
    partner_iso3 as origin_iso3,
    hs_code,
    nomenclature,
    period,
    period_type,
    {%- for amount in amounts %}
        {{ whole_sum(amount) }}::bigint as {{ amount }},
    {%- endfor %}
    {{ whole_sum('net_weight_kg') }} as net_weight_kg,
    {{ whole_sum('content_kg') }} as content_kg,
    has_all_origins,
    source_id,
    min(archive_id) as archive_id
from periods
group by
    reporter_iso3, partner_iso3, hs_code, nomenclature, period, period_type, source_id, preference,
    has_all_origins
qualify dense_rank() over (partition by reporter_iso3, period, period_type order by preference, source_id) = 1
