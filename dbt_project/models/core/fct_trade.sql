-- Trade lines of all sources in one grain, for the codes of the bridge. BACI states one reconciled flow: it
-- stands as the importer's import. Groups of countries that would count twice are left out
-- (core.dim_country_code).
with in_scope as (
    select
        hs_code,
        -- the mineral content is a property of the line only where the line is one mineral and nothing else
        case
            when count(*) filter (not is_group) = 1 and min(weight_low) filter (not is_group) = 1
                then max(content_factor) filter (not is_group)
        end as content_factor
    from {{ ref('bridge_trade_product') }}
    group by hs_code
),

census as (
    select
        'census_api' as source_id,
        '1000' as reporter_code,
        cty_code as partner_code,
        'import' as flow,
        hts10 as hs_code,
        'HTS' as nomenclature,
        period,
        'year' as period_type,
        consumption_value_usd::double as value_usd,
        'customs' as value_basis,
        general_value_usd::double as general_value_usd,
        dutiable_value_usd::double as dutiable_usd,
        calculated_duty_usd::double as calculated_duty_usd,
        null::double as usmca_value_usd,
        null::double as quantity,
        null::varchar as quantity_unit,
        null::double as net_weight_kg,
        null::boolean as is_net_weight_estimated,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_census_api__imports_annual') }}
),

dataweb as (
    select
        'usitc_dataweb' as source_id,
        '1000' as reporter_code,
        cty_code as partner_code,
        'import' as flow,
        hts10 as hs_code,
        'HTS' as nomenclature,
        period,
        'month' as period_type,
        consumption_value_usd as value_usd,
        'customs' as value_basis,
        null::double as general_value_usd,
        null::double as dutiable_usd,
        null::double as calculated_duty_usd,
        usmca_value_usd,
        null::double as quantity,
        null::varchar as quantity_unit,
        null::double as net_weight_kg,
        null::boolean as is_net_weight_estimated,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_usitc_dataweb__usmca_monthly') }}
),

comtrade as (
    select
        'comtrade' as source_id,
        reporter_code,
        partner_code,
        case flow_code
            when 'M' then 'import'
            when 'X' then 'export'
            when 'RX' then 're_export'
            when 'RM' then 're_import'
        end as flow,
        hs_code,
        nomenclature,
        period,
        period_type,
        value_usd,
        case when flow_code in ('M', 'RM') and cif_value_usd = value_usd then 'cif' else 'fob' end
            as value_basis,
        null::double as general_value_usd,
        null::double as dutiable_usd,
        null::double as calculated_duty_usd,
        null::double as usmca_value_usd,
        quantity,
        quantity_unit,
        net_weight_kg,
        is_net_weight_estimated,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_comtrade__trade') }}
),

baci as (
    select
        'cepii_baci' as source_id,
        importer_code as reporter_code,
        exporter_code as partner_code,
        'import' as flow,
        hs_code,
        nomenclature,
        period,
        'year' as period_type,
        value_usd,
        'fob' as value_basis,
        null::double as general_value_usd,
        null::double as dutiable_usd,
        null::double as calculated_duty_usd,
        null::double as usmca_value_usd,
        quantity_t as quantity,
        't' as quantity_unit,
        quantity_t * 1000 as net_weight_kg,
        false as is_net_weight_estimated,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_cepii_baci__trade') }}
),

lines as (
    select * from census
    union all
    select * from dataweb
    union all
    select * from comtrade
    union all
    select * from baci
),

-- both US sources use Schedule C
codes as (
    select * from {{ ref('dim_country_code') }}
    union all
    select * replace ('usitc_dataweb' as source_id)
    from {{ ref('dim_country_code') }}
    where source_id = 'census_api'
)

-- two codes of a source can mean one country, as partners not specified do: the sum is the line
select
    lines.source_id,
    reporters.iso3 as reporter_iso3,
    partners.iso3 as partner_iso3,
    lines.flow,
    lines.hs_code,
    lines.nomenclature,
    lines.period,
    lines.period_type,
    'all' as rate_provision,
    'all' as district,
    round(sum(lines.value_usd::decimal(18, 3)))::bigint as value_usd,
    sum(lines.value_usd::decimal(18, 3))::double as value_native,
    'USD' as currency,
    max(lines.value_basis) as value_basis,
    sum(lines.general_value_usd)::bigint as general_value_usd,
    sum(lines.dutiable_usd)::bigint as dutiable_usd,
    sum(lines.calculated_duty_usd)::bigint as calculated_duty_usd,
    null::bigint as charges_usd,
    round(sum(lines.usmca_value_usd::decimal(18, 3)))::bigint as usmca_value_usd,
    {{ whole_sum('lines.quantity') }} as quantity,
    max(lines.quantity_unit) as quantity_unit,
    null::double as quantity2,
    null::varchar as quantity2_unit,
    {{ whole_sum('lines.net_weight_kg') }} as net_weight_kg,
    bool_or(lines.is_net_weight_estimated) as is_net_weight_estimated,
    {{ whole_sum('lines.net_weight_kg') }} * max(in_scope.content_factor) as content_kg,
    case
        when {{ whole_sum('lines.net_weight_kg') }} * max(in_scope.content_factor) is null then 'none'
        else 'factor'
    end as content_method,
    max(lines.vintage) as vintage,
    min(lines.archive_id) as archive_id
from lines
inner join in_scope on lines.hs_code = in_scope.hs_code
left join codes as reporters
    on lines.source_id = reporters.source_id and lines.reporter_code = reporters.code
left join codes as partners
    on lines.source_id = partners.source_id and lines.partner_code = partners.code
where reporters.kind is distinct from 'excluded' and partners.kind is distinct from 'excluded'
group by all
