-- Imports, exports and net imports in contained tons by area, mineral, basis and year. In the sum over USA, CAN and MEX
-- of imports less exports with the World, trade among the three stands on both sides and cancels; BACI names the
-- partners, so that its rows are trade with the outside only.
with netting as (
    select * from {{ ref('bloc_netting') }}
),

members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NAM'
),

comtrade as (
    select
        'comtrade' as source_id,
        hs_code,
        reporter_iso3 as area,
        flow,
        year,
        value_usd,
        weight_method,
        gross_weight_t,
        gross_weight_low_t,
        gross_weight_high_t,
        archive_id
    from {{ ref('fct_trade_weight') }}
),

comtrade_areas as (
    select * from comtrade
    union all
    select * replace ('NAM' as area) from comtrade
),

baci as (
    select
        trade.hs_code,
        year(trade.period)::integer as year,
        trade.reporter_iso3,
        trade.partner_iso3,
        trade.reporter_iso3 in (select iso3 from members) as is_reporter_inside,
        trade.partner_iso3 in (select iso3 from members) as is_partner_inside,
        trade.value_usd,
        trade.net_weight_kg,
        trade.archive_id
    from {{ ref('fct_trade') }} as trade
    where trade.source_id = 'cepii_baci' and trade.reporter_iso3 != trade.partner_iso3
),

baci_flows as (
    select
        hs_code,
        reporter_iso3 as area,
        'import' as flow,
        year,
        value_usd,
        net_weight_kg,
        archive_id
    from baci
    where is_reporter_inside
    union all
    select
        hs_code,
        partner_iso3,
        'export',
        year,
        value_usd,
        net_weight_kg,
        archive_id
    from baci
    where is_partner_inside
    union all
    select
        hs_code,
        'NAM',
        case when is_reporter_inside then 'import' else 'export' end,
        year,
        value_usd,
        net_weight_kg,
        archive_id
    from baci
    where is_reporter_inside != is_partner_inside
),

-- What a member brings in from outside and sends on inside may be counted twice where its partner records the origin:
-- at most the smaller of the two. Totals with the World have no such trap, as re-exports stand among the exports.
baci_twice as (
    select
        hs_code,
        year,
        {{ exact_sum('least(from_outside_kg, to_inside_kg)') }} / 1000 as double_count_t
    from (
        select
            hs_code,
            year,
            member,
            coalesce(sum(net_weight_kg::decimal(30, 6)) filter (flow = 'in'), 0) as from_outside_kg,
            coalesce(sum(net_weight_kg::decimal(30, 6)) filter (flow = 'on'), 0) as to_inside_kg
        from (
            select hs_code, year, reporter_iso3 as member, 'in' as flow, net_weight_kg
            from baci
            where is_reporter_inside and not is_partner_inside
            union all
            select hs_code, year, partner_iso3, 'on', net_weight_kg
            from baci
            where is_reporter_inside and is_partner_inside
        )
        group by hs_code, year, member
    )
    group by hs_code, year
),

-- a flow without a quantity has its value's worth at the mean unit value: between nothing and twice that
baci_unit_values as (
    select
        hs_code,
        year,
        {{ exact_sum('value_usd') }} / {{ exact_sum('net_weight_kg') }} as mean_usd_per_kg
    from baci
    where net_weight_kg > 0
    group by hs_code, year
),

baci_areas as (
    select
        'cepii_baci' as source_id,
        flows.hs_code,
        flows.area,
        flows.flow,
        flows.year,
        {{ exact_sum('flows.value_usd') }}::bigint as value_usd,
        case when bool_or(flows.net_weight_kg is null) then 'implied_from_value' else 'reported' end as weight_method,
        {{ exact_sum('coalesce(flows.net_weight_kg, flows.value_usd / unit_values.mean_usd_per_kg)') }} / 1000
            as gross_weight_t,
        coalesce({{ exact_sum('flows.net_weight_kg') }}, 0) / 1000 as gross_weight_low_t,
        {{ exact_sum('coalesce(flows.net_weight_kg, 2 * flows.value_usd / unit_values.mean_usd_per_kg)') }} / 1000
            as gross_weight_high_t,
        min(flows.archive_id) as archive_id
    from baci_flows as flows
    inner join baci_unit_values as unit_values on flows.hs_code = unit_values.hs_code and flows.year = unit_values.year
    group by flows.hs_code, flows.area, flows.flow, flows.year
),

lines as (
    select
        areas.*,
        netting.mineral_id,
        netting.basis,
        netting.factor_low,
        netting.factor_mid,
        netting.factor_high
    from (
        select * from comtrade_areas
        union all
        select * from baci_areas
    ) as areas
    inner join netting on areas.source_id = netting.source_id and areas.hs_code = netting.hs_code
),

by_code as (
    select
        source_id,
        area,
        mineral_id,
        basis,
        year,
        hs_code,
        any_value(factor_low) as factor_low,
        any_value(factor_mid) as factor_mid,
        any_value(factor_high) as factor_high,
        {%- for flow in ['import', 'export'] %}
        sum(value_usd) filter (flow = '{{ flow }}')::bigint as {{ flow }}s_usd,
        coalesce({{ exact_sum("case when flow = '" ~ flow ~ "' then gross_weight_t end") }}, 0) as {{ flow }}s_t,
        coalesce({{ exact_sum("case when flow = '" ~ flow ~ "' then gross_weight_low_t end") }}, 0) as {{ flow }}s_low_t,
        coalesce({{ exact_sum("case when flow = '" ~ flow ~ "' then gross_weight_high_t end") }}, 0) as {{ flow }}s_high_t,
        {%- endfor %}
        count(*) filter (weight_method = 'unknown') as unknown_lines,
        count(*) filter (weight_method = 'implied_from_value') as implied_lines,
        count(*) filter (weight_method = 'estimated_by_un') as estimated_lines,
        count(*) filter (weight_method = 'no_trade_reported') as empty_lines,
        string_agg(distinct archive_id, ';' order by archive_id) as archive_ids
    from lines
    group by source_id, area, mineral_id, basis, year, hs_code
),

-- the factor of a code is one number, whatever it is: it multiplies the code's net weight, not each side
netted as (
    select
        by_code.*,
        case when by_code.area = 'NAM' then coalesce(baci_twice.double_count_t, 0) else 0 end as double_count_t,
        by_code.imports_low_t - by_code.exports_high_t as net_low_t,
        by_code.imports_t - by_code.exports_t as net_t,
        by_code.imports_high_t - by_code.exports_low_t as net_high_t
    from by_code
    left join baci_twice
        on
            by_code.source_id = 'cepii_baci'
            and by_code.hs_code = baci_twice.hs_code
            and by_code.year = baci_twice.year
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
    any_value(netted.source_id) as source_id,
    string_agg(netted.hs_code, ';' order by netted.hs_code) as hs_codes,
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
    string_agg(distinct netted.archive_ids, ';' order by netted.archive_ids) as archive_ids
from netted
inner join expected on netted.mineral_id = expected.mineral_id and netted.basis = expected.basis
group by netted.area, netted.mineral_id, netted.basis, netted.year, expected.codes
-- a perimeter with a code missing is another perimeter, and an unknown weight makes the sum unknown
having count(*) = expected.codes and sum(netted.unknown_lines) = 0
