-- Imports, exports and net imports of each of the three in contained tons, at the policy stages, by year.
-- Trade is with all partners, so trade among the three cancels in their sum. If a code is not held and has a
-- small part of the stage's US imports, the bounds widen by that part of the held amount in both directions.
{%- set small_share = 0.1 %}
with taken as (
    select *
    from {{ ref('fct_member_trade') }}
    where is_taken
),

codes as (
    select * from {{ ref('policy_stage_codes') }}
),

by_code as (
    select
        codes.mineral_id,
        codes.stage,
        codes.hs_code,
        imports.country_iso3,
        imports.year,
        imports.value_usd as imports_usd,
        exports.value_usd as exports_usd,
        imports.gross_weight_t * codes.factor_mid as imports_t,
        imports.gross_weight_high_t * codes.factor_high as imports_high_t,
        exports.gross_weight_t * codes.factor_mid as exports_t,
        exports.gross_weight_high_t * codes.factor_high as exports_high_t,
        exports.re_exports_t * codes.factor_mid as re_exports_t,
        -- the factor of a code is a single unknown number: it multiplies net weight, not imports and exports
        -- separately
        imports.gross_weight_low_t - exports.gross_weight_high_t - exports.double_count_t as net_low_t,
        imports.gross_weight_high_t - exports.gross_weight_low_t as net_high_t,
        codes.factor_low,
        codes.factor_high,
        codes.us_value_share,
        exports.double_count_t * codes.factor_mid as double_count_t,
        imports.weight_method not in ('reported', 'no_trade_reported')
        or exports.weight_method not in ('reported', 'no_trade_reported') as is_estimated,
        imports.kind = 'bounded' or exports.kind = 'bounded' as is_bounded,
        imports.source_id as import_source_id,
        exports.source_id as export_source_id,
        nullif(concat_ws(';', imports.archive_ids, exports.archive_ids), '') as archive_ids
    from codes
    inner join taken as imports on codes.hs_code = imports.hs_code and imports.flow = 'import'
    inner join taken as exports
        on
            codes.hs_code = exports.hs_code
            and exports.flow = 'export'
            and imports.country_iso3 = exports.country_iso3
            and imports.year = exports.year
),

expected as (
    select
        mineral_id,
        stage,
        count(*) as codes,
        {{ exact_sum('us_value_share') }} as us_value_share,
        {{ joined('hs_code', ';') }} as hs_codes
    from codes
    group by mineral_id, stage
),

summed as (
    select
        by_code.mineral_id,
        by_code.stage,
        by_code.country_iso3,
        by_code.year,
        max(expected.hs_codes) as hs_codes,
        {{ joined('by_code.hs_code', ';') }} as hs_codes_held,
        count(*) = max(expected.codes) as is_whole,
        case
            when count(*) = max(expected.codes) then 0
            else {{ share(
                'max(expected.us_value_share) - coalesce(' ~ exact_sum('by_code.us_value_share') ~ ', 0)',
                'max(expected.us_value_share)'
            ) }}
        end as missing_share,
        sum(by_code.imports_usd)::bigint as imports_usd,
        sum(by_code.exports_usd)::bigint as exports_usd,
        {{ whole_sum('by_code.imports_t') }} as imports_t,
        {{ exact_sum('by_code.imports_high_t') }} as imports_high_t,
        {{ whole_sum('by_code.exports_t') }} as exports_t,
        {{ exact_sum('by_code.exports_high_t') }} as exports_high_t,
        {{ exact_sum('by_code.re_exports_t') }} as re_exports_t,
        {{ whole_sum('by_code.imports_t - by_code.exports_t') }} as net_imports_t,
        {{ exact_sum(
            'least(by_code.net_low_t * by_code.factor_low, by_code.net_low_t * by_code.factor_high)'
        ) }} as net_low_t,
        {{ exact_sum(
            'greatest(by_code.net_high_t * by_code.factor_low, by_code.net_high_t * by_code.factor_high)'
        ) }} as net_high_t,
        {{ exact_sum('by_code.double_count_t') }} as double_count_t,
        -- a basket may contain none of the mineral, so its imports have no figure
        bool_or(by_code.factor_low = 0) as is_basket,
        bool_or(by_code.is_estimated) as is_estimated,
        bool_or(by_code.is_bounded) as is_bounded,
        {{ joined_distinct('by_code.import_source_id', ';') }} as import_sources,
        {{ joined_distinct('by_code.export_source_id', ';') }} as export_sources,
        {{ joined_distinct('by_code.archive_ids', ';') }} as archive_ids
    from by_code
    inner join expected on by_code.mineral_id = expected.mineral_id and by_code.stage = expected.stage
    group by by_code.mineral_id, by_code.stage, by_code.country_iso3, by_code.year
),

-- the base of the widening; for a flow with bounds only, its upper bound
weighed as (
    select
        *,
        coalesce(imports_t, imports_high_t) + coalesce(exports_t, exports_high_t) as handled_t
    from summed
)

select
    mineral_id,
    stage,
    country_iso3,
    year,
    hs_codes,
    hs_codes_held,
    is_whole,
    missing_share,
    coalesce(missing_share <= {{ small_share }}, false) as is_netted,
    imports_usd,
    exports_usd,
    imports_t,
    imports_high_t,
    exports_t,
    exports_high_t,
    re_exports_t,
    net_imports_t,
    case
        when missing_share <= {{ small_share }}
            then net_low_t - missing_share / (1 - missing_share) * handled_t
    end as net_imports_low_t,
    case
        when missing_share <= {{ small_share }}
            then net_high_t + missing_share / (1 - missing_share) * handled_t
    end as net_imports_high_t,
    double_count_t,
    is_basket,
    is_estimated,
    is_bounded,
    import_sources,
    export_sources,
    archive_ids
from weighed
