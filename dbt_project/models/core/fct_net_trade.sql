-- Imports, exports and net imports in contained tons by area, mineral, basis and year. In the sum over USA,
-- CAN and MEX of imports less exports with the World, trade among the three stands on both sides and cancels.
with netting as (
    select * from {{ ref('bloc_netting') }}
),

comtrade as (
    select
        'comtrade' as source_id,
        hs_code,
        flow,
        year,
        value_usd,
        weight_method,
        gross_weight_t,
        gross_weight_low_t,
        gross_weight_high_t,
        0.0 as double_count_t,
        archive_id,
        reporter_iso3 as area
    from {{ ref('fct_trade_weight') }}
),

lines as (
    select * from comtrade
    union all
    select
        {{ all_but(['area']) }},
        'USMCA' as area
    from comtrade
    union all
    select
        'cepii_baci' as source_id,
        hs_code,
        flow,
        year,
        value_usd,
        weight_method,
        gross_weight_t,
        gross_weight_low_t,
        gross_weight_high_t,
        double_count_t,
        archive_id,
        area
    from {{ ref('fct_baci_flow') }}
),

by_code as (
    select
        lines.source_id,
        lines.area,
        lines.hs_code,
        lines.year,
        netting.mineral_id,
        netting.basis,
        netting.factor_low,
        netting.factor_mid,
        netting.factor_high,
        sum(lines.value_usd) filter (where lines.flow = 'import')::bigint as imports_usd,
        sum(lines.value_usd) filter (where lines.flow = 'export')::bigint as exports_usd,
        {{ flow_sum('import', 'lines.gross_weight_t') }} as imports_t,
        {{ flow_sum('import', 'lines.gross_weight_low_t') }} as imports_low_t,
        {{ flow_sum('import', 'lines.gross_weight_high_t') }} as imports_high_t,
        {{ flow_sum('export', 'lines.gross_weight_t') }} as exports_t,
        {{ flow_sum('export', 'lines.gross_weight_low_t') }} as exports_low_t,
        {{ flow_sum('export', 'lines.gross_weight_high_t') }} as exports_high_t,
        max(lines.double_count_t) as double_count_t,
        count(*) filter (where lines.weight_method = 'unknown') as unknown_lines,
        count(*) filter (where lines.weight_method = 'implied_from_value') as implied_lines,
        count(*) filter (where lines.weight_method = 'estimated_by_un') as estimated_lines,
        count(*) filter (where lines.weight_method = 'no_trade_reported') as empty_lines,
        {{ joined_distinct('lines.archive_id', ';') }} as archive_ids
    from lines
    inner join netting on lines.source_id = netting.source_id and lines.hs_code = netting.hs_code
    group by all
),

-- the factor of a code is one number, whatever it is: it multiplies the code's net weight, not each side
netted as (
    select
        *,
        imports_t - exports_t as net_t,
        imports_low_t - exports_high_t as net_low_t,
        imports_high_t - exports_low_t as net_high_t
    from by_code
),

expected as (
    select
        mineral_id,
        basis,
        count(*) as codes
    from netting
    group by mineral_id, basis
)

select
    netted.area,
    netted.mineral_id,
    netted.basis,
    netted.year,
    netted.source_id,
    {{ joined('netted.hs_code', ';') }} as hs_codes,
    sum(netted.imports_usd)::bigint as imports_usd,
    sum(netted.exports_usd)::bigint as exports_usd,
    {{ exact_sum('netted.imports_t * netted.factor_mid') }} as imports_t,
    {{ exact_sum('netted.exports_t * netted.factor_mid') }} as exports_t,
    {{ exact_sum('netted.net_t * netted.factor_mid') }} as net_imports_t,
    {{ exact_sum('least(netted.net_low_t * netted.factor_low, netted.net_low_t * netted.factor_high)') }}
        as net_imports_low_t,
    {{ exact_sum('greatest(netted.net_high_t * netted.factor_low, netted.net_high_t * netted.factor_high)') }}
        as net_imports_high_t,
    {{ exact_sum('netted.double_count_t * netted.factor_mid') }} as double_count_t,
    sum(netted.implied_lines)::integer as implied_lines,
    sum(netted.estimated_lines)::integer as estimated_lines,
    sum(netted.empty_lines)::integer as empty_lines,
    {{ joined_distinct('netted.archive_ids', ';') }} as archive_ids
from netted
inner join expected on netted.mineral_id = expected.mineral_id and netted.basis = expected.basis
group by netted.area, netted.mineral_id, netted.basis, netted.year, netted.source_id, expected.codes
-- a perimeter with a code missing is another perimeter, and an unknown weight makes the sum unknown
having count(*) = expected.codes and sum(netted.unknown_lines) = 0
