-- BACI compared with the trade that the three state themselves, where both have weights: imports in contained
-- tons at the policy stage. BACI reconciles both sides, so a difference of a quarter is tolerated.
with both_stated as (
    select
        codes.mineral_id,
        codes.stage,
        own.country_iso3,
        own.year,
        own.source_id as own_source_id,
        {{ exact_sum('own.gross_weight_t * codes.factor_mid') }} as own_imports_t,
        {{ exact_sum('baci.gross_weight_t * codes.factor_mid') }} as baci_imports_t
    from {{ ref('policy_stage_codes') }} as codes
    inner join {{ ref('fct_member_trade') }} as own
        on codes.hs_code = own.hs_code and own.kind = 'own_customs' and own.weight_method = 'reported'
    inner join {{ ref('fct_member_trade') }} as baci
        on
            own.hs_code = baci.hs_code
            and own.country_iso3 = baci.country_iso3
            and own.flow = baci.flow
            and own.year = baci.year
            and baci.source_id = 'cepii_baci'
            and baci.weight_method in ('reported', 'implied_from_value')
    where own.flow = 'import'
    group by codes.mineral_id, codes.stage, own.country_iso3, own.year, own.source_id
)

select
    'baci_against_' || own_source_id || '_' || country_iso3 || '_' || stage as check_id,
    mineral_id,
    year::smallint as year,  -- noqa: RF04
    'imports' as subject,
    null::string as edition,
    't' as unit,
    baci_imports_t as computed,
    own_imports_t as published,
    baci_imports_t - own_imports_t as difference,
    0.25 * own_imports_t as tolerance,
    abs(baci_imports_t - own_imports_t) <= 0.25 * own_imports_t as passed,
    '=' as published_qualifier,
    case when passed then 'agrees' else 'reconciled_by_baci' end as reason_code,
    null::string as note,
    own_source_id || ';cepii_baci' as source_ids
from both_stated
where own_imports_t > 0
