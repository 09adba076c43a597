-- Imports and exports of each of the three by code of the policy stages, year and source, with all partners:
-- own customs where twelve months are held, Comtrade as reported, BACI, and the figures or caps from a table
-- of the largest traders. One source is used for each code, flow and year: first a source with weights, then
-- by the order of netting_sources.
with codes as (
    select distinct hs_code
    from {{ ref('policy_stage_codes') }}
),

members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA' and is_member_today
),

flows as (
    select directions.flow
    from (values ('import'), ('export')) as directions (flow)
),

whole_years as (
    select
        source_id,
        reporter_iso3,
        flow,
        year(period)::integer as year
    from {{ ref('fct_trade_statement') }}
    where source_id in ({{ monthly_customs() }}) and period_type = 'month' and is_whole
    group by source_id, reporter_iso3, flow, year(period)
    having count(distinct period) = 12
),

customs_lines as (
    select
        trade.source_id,
        trade.reporter_iso3,
        trade.flow,
        year(trade.period)::integer as year,
        codes.hs_code,
        trade.value_usd,
        trade.net_weight_kg,
        case when trade.net_weight_kg is null then trade.value_usd end as unweighed_usd,
        trade.archive_id
    from {{ ref('fct_trade') }} as trade
    inner join codes on left(trade.hs_code, length(codes.hs_code)) = codes.hs_code
    where
        trade.source_id in ({{ monthly_customs() }})
        and trade.period_type = 'month'
        and trade.partner_iso3 != 'WLD'
        and not trade.is_sum_of_lines
),

customs_sums as (
    select
        source_id,
        reporter_iso3,
        flow,
        year,
        hs_code,
        sum(value_usd)::bigint as value_usd,
        coalesce({{ exact_sum('net_weight_kg') }}, 0) / 1000 as weighed_t,
        coalesce({{ exact_sum('unweighed_usd') }}, 0) as unweighed_usd,
        {{ unit_value(
            exact_sum('case when net_weight_kg > 0 then value_usd end'), exact_sum('net_weight_kg')
        ) }} as usd_per_kg,
        {{ joined_distinct('archive_id', ';') }} as archive_ids
    from customs_lines
    group by source_id, reporter_iso3, flow, year, hs_code
),

-- a line without a weight gets its value divided by the mean unit value, with bounds from 0 to twice that
customs as (
    select
        whole_years.source_id,
        whole_years.reporter_iso3 as country_iso3,
        codes.hs_code,
        whole_years.flow,
        whole_years.year,
        sums.value_usd,
        case
            when sums.hs_code is null then 'no_trade_reported'
            when sums.unweighed_usd = 0 then 'reported'
            when sums.usd_per_kg is null then 'unknown'
            else 'implied_from_value'
        end as weight_method,
        case when sums.hs_code is null then 0 else sums.weighed_t end as gross_weight_low_t,
        case
            when sums.hs_code is null then 0
            when sums.unweighed_usd = 0 then 0
            else sums.unweighed_usd / sums.usd_per_kg / 1000
        end as unweighed_t,
        sums.archive_ids
    from whole_years
    inner join flows on whole_years.flow = flows.flow
    cross join codes
    left join customs_sums as sums
        on
            whole_years.source_id = sums.source_id
            and whole_years.reporter_iso3 = sums.reporter_iso3
            and whole_years.flow = sums.flow
            and whole_years.year = sums.year
            and codes.hs_code = sums.hs_code
),

re_exports as (
    select
        source_id,
        reporter_iso3,
        year,
        hs_code,
        weighed_t as re_exports_t
    from customs_sums
    where flow = 're_export'
),

baci_codes as (
    select
        codes.hs_code,
        flows.area,
        flows.flow,
        flows.year,
        sum(flows.value_usd)::bigint as value_usd,
        bool_or(flows.weight_method = 'implied_from_value') as is_implied,
        {{ exact_sum('flows.gross_weight_t') }} as gross_weight_t,
        {{ exact_sum('flows.gross_weight_low_t') }} as gross_weight_low_t,
        {{ exact_sum('flows.gross_weight_high_t') }} as gross_weight_high_t,
        {{ exact_sum('flows.double_count_t') }} as double_count_t,
        {{ joined_distinct('flows.archive_id', ';') }} as archive_ids
    from {{ ref('fct_baci_flow') }} as flows
    inner join codes on left(flows.hs_code, length(codes.hs_code)) = codes.hs_code
    group by codes.hs_code, flows.area, flows.flow, flows.year
),

held as (
    select distinct
        hs_code,
        year
    from baci_codes
),

-- BACI covers every country for the codes and years that it has: a missing flow means no trade
baci as (
    select
        held.hs_code,
        members.iso3 as country_iso3,
        flows.flow,
        held.year,
        stated.value_usd,
        case
            when stated.hs_code is null then 'no_trade_reported'
            when stated.is_implied then 'implied_from_value'
            else 'reported'
        end as weight_method,
        coalesce(stated.gross_weight_t, 0) as gross_weight_t,
        coalesce(stated.gross_weight_low_t, 0) as gross_weight_low_t,
        coalesce(stated.gross_weight_high_t, 0) as gross_weight_high_t,
        coalesce(stated.double_count_t, 0) as double_count_t,
        stated.archive_ids
    from held
    cross join members
    cross join flows
    left join baci_codes as stated
        on
            held.hs_code = stated.hs_code
            and held.year = stated.year
            and members.iso3 = stated.area
            and flows.flow = stated.flow
),

stated as (
    select
        customs.source_id,
        customs.country_iso3,
        customs.hs_code,
        customs.flow,
        customs.year,
        customs.value_usd,
        customs.weight_method,
        customs.gross_weight_low_t + customs.unweighed_t as gross_weight_t,
        customs.gross_weight_low_t,
        customs.gross_weight_low_t + 2 * customs.unweighed_t as gross_weight_high_t,
        0.0 as double_count_t,
        case when customs.flow = 'export' then re_exports.re_exports_t end as re_exports_t,
        null::string as citation,
        customs.archive_ids
    from customs
    left join re_exports
        on
            customs.source_id = re_exports.source_id
            and customs.country_iso3 = re_exports.reporter_iso3
            and customs.year = re_exports.year
            and customs.hs_code = re_exports.hs_code
    union all
    select
        'comtrade' as source_id,
        reporter_iso3 as country_iso3,
        hs_code,
        flow,
        year,
        value_usd,
        weight_method,
        gross_weight_t,
        gross_weight_low_t,
        gross_weight_high_t,
        0.0 as double_count_t,
        null::double as re_exports_t,
        null::string as citation,
        archive_id as archive_ids
    from {{ ref('fct_trade_weight') }}
    union all
    select
        'cepii_baci' as source_id,
        country_iso3,
        hs_code,
        flow,
        year,
        value_usd,
        weight_method,
        gross_weight_t,
        gross_weight_low_t,
        gross_weight_high_t,
        case when flow = 'export' then double_count_t else 0 end as double_count_t,
        null::double as re_exports_t,
        null::string as citation,
        archive_ids
    from baci
    union all
    -- a value without a weight is bounded by the range of unit values that the code may have
    select
        'member_trade' as source_id,
        country_iso3,
        hs_code,
        flow,
        year,
        case when value_low_usd = value_high_usd then value_high_usd end as value_usd,
        'bounded_by_value' as weight_method,
        null::double as gross_weight_t,
        value_low_usd / usd_per_kg_high / 1000 as gross_weight_low_t,
        value_high_usd / usd_per_kg_low / 1000 as gross_weight_high_t,
        0.0 as double_count_t,
        null::double as re_exports_t,
        concat_ws('; ', source, edition, printed_in, address) as citation,
        null::string as archive_ids
    from {{ ref('member_trade') }}
)

select
    stated.source_id,
    stated.country_iso3,
    stated.hs_code,
    stated.flow,
    stated.year,
    preference.kind,
    stated.value_usd,
    stated.weight_method,
    stated.gross_weight_t,
    stated.gross_weight_low_t,
    stated.gross_weight_high_t,
    stated.double_count_t,
    stated.re_exports_t,
    stated.weight_method != 'unknown'
    and row_number() over (
        partition by stated.country_iso3, stated.hs_code, stated.flow, stated.year
        order by
            stated.weight_method = 'unknown' asc,
            -- a country that reports late or withholds a line has no row of it in Comtrade either
            stated.source_id = 'comtrade' and stated.weight_method = 'no_trade_reported' asc,
            preference.place asc
    ) = 1 as is_taken,
    stated.citation,
    stated.archive_ids
from stated
inner join {{ ref('netting_sources') }} as preference
    on
        stated.country_iso3 = preference.country_iso3
        and stated.flow = preference.flow
        and stated.source_id = preference.source_id
