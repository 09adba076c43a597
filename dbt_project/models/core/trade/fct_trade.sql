-- Trade lines of all sources in one grain, for the codes of the bridge. BACI states one reconciled flow: it
-- stands as the importer's import. Groups of countries that would count twice are left out
-- (core.dim_country_code).
-- depends_on: {{ ref('stg_trade__input') }}
{{ config(pre_hook="{{ drop_outdated() }}", post_hook="{{ insert_further_batches('lines') }}") }}
{%- set columns = [
    'source_id', 'reporter_code', 'partner_code', 'flow', 'hs_code', 'nomenclature', 'period',
    'period_type', 'rate_provision', 'district', 'value_usd', 'value_native', 'currency', 'value_basis',
    'general_value_usd', 'dutiable_usd', 'calculated_duty_usd', 'charges_usd', 'usmca_value_usd',
    'fob_value_usd', 'quantity', 'quantity_unit', 'quantity2', 'quantity2_unit', 'net_weight_kg',
    'is_net_weight_estimated', 'content_kg', 'quality_flag', 'vintage', 'archive_id',
] %}

with in_scope as (
    select
        hs_code,
        nomenclature,
        -- the mineral content is a property of the line only where the line is one mineral and nothing else
        case
            when count(*) filter (where not is_group) = 1 and min(weight_low) filter (where not is_group) = 1
                then max(content_factor) filter (where not is_group)
        end as content_factor
    from {{ ref('bridge_trade_product') }}
    group by hs_code, nomenclature
),

census_year as (
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
        general_value_usd,
        dutiable_value_usd as dutiable_usd,
        calculated_duty_usd,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_census_api__imports_annual') }}
),

-- the programme claimed and the district of unlading are finer than a trade line
census_imports as (
    select
        'census_bulk' as source_id,
        '1000' as reporter_code,
        cty_code as partner_code,
        'import' as flow,
        hts10 as hs_code,
        'HTS' as nomenclature,
        period,
        'month' as period_type,
        rate_prov as rate_provision,
        dist_entry as district,
        consumption_value_usd::double as value_usd,
        'customs' as value_basis,
        general_value_usd,
        dutiable_value_usd as dutiable_usd,
        calculated_duty_usd,
        consumption_charges_usd as charges_usd,
        case when cty_subco in ('S', 'S+') then consumption_value_usd else 0 end::double as usmca_value_usd,
        quantity,
        quantity_unit,
        quantity2,
        quantity2_unit,
        net_weight_kg,
        false as is_net_weight_estimated,
        content_kg,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_census_bulk__imports') }}
),

-- exports contain re-exports, as in the other sources; foreign goods are stated once more as re-exports
census_exports as (
    select
        'census_bulk' as source_id,
        '1000' as reporter_code,
        exports.cty_code as partner_code,
        flows.flow,
        exports.schedule_b as hs_code,
        'Schedule B' as nomenclature,
        exports.period,
        'month' as period_type,
        exports.district,
        exports.value_usd::double as value_usd,
        'fob' as value_basis,
        exports.quantity,
        exports.quantity_unit,
        exports.quantity2,
        exports.quantity2_unit,
        exports.net_weight_kg,
        false as is_net_weight_estimated,
        exports.content_kg,
        exports.vintage,
        exports._archive_id as archive_id
    from {{ ref('stg_census_bulk__exports') }} as exports
    inner join (values ('export', '1'), ('export', '2'), ('re_export', '2')) as flows (flow, df)
        on exports.df = flows.df
),

-- Canadian dollars at the month's mean rate; without one the value stays native and the line says so
statcan as (
    select
        'statcan_cimt' as source_id,
        'CA' as reporter_code,
        trade.country_code as partner_code,
        trade.flow,
        trade.hs_code,
        'CIMT' as nomenclature,
        trade.period,
        'month' as period_type,
        trade.value_cad / rates.cad_per_usd as value_usd,
        trade.value_cad::double as value_native,
        'CAD' as currency,
        case trade.flow when 'import' then 'customs' else 'fob' end as value_basis,
        trade.quantity,
        trade.quantity_unit,
        trade.net_weight_kg,
        false as is_net_weight_estimated,
        trade.content_kg,
        case
            when trade.value_cad is null then 'value_withheld'
            when rates.cad_per_usd is null then 'fx_rate_missing'
        end as quality_flag,
        trade.vintage,
        trade._archive_id as archive_id
    from {{ ref('stg_statcan_cimt__flow') }} as trade
    left join {{ ref('stg_boc_fx__monthly') }} as rates on trade.period = rates.period
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
        usmca_value_usd,
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
        -- zero beside a value is not stated
        case when fob_value_usd > 0 or value_usd = 0 then fob_value_usd end as fob_value_usd,
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
        right(nomenclature, 2)::integer
        + case when right(nomenclature, 2)::integer >= 88 then 1900 else 2000 end as edition_year,
        period,
        'year' as period_type,
        value_usd,
        'fob' as value_basis,
        quantity_t as quantity,
        't' as quantity_unit,
        quantity_t * 1000 as net_weight_kg,
        false as is_net_weight_estimated,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_cepii_baci__trade') }}
),

-- general imports, of the World and of China alone; a quantity that can't be priced with has no weight
census_months as (
    select
        'census_months' as source_id,
        '1000' as reporter_code,
        cty_code as partner_code,
        'import' as flow,
        hts10 as hs_code,
        'HTS' as nomenclature,
        period,
        'month' as period_type,
        general_value_usd::double as value_usd,
        'customs' as value_basis,
        general_value_usd,
        quantity,
        quantity_unit,
        net_weight_kg,
        false as is_net_weight_estimated,
        case when quantity_status != 'stated' then 'quantity_' || quantity_status end as quality_flag,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_census_months__imports') }}
),

partner_customs as (
    select
        'partner_customs' as source_id,
        reporter_iso3 as reporter_code,
        partner_code,
        flow,
        hs_code,
        nomenclature,
        period,
        'month' as period_type,
        value_usd,
        case when flow = 'import' and reporter_iso3 = 'GBR' then 'cif' else 'fob' end as value_basis,
        net_weight_kg as quantity,
        'kg' as quantity_unit,
        net_weight_kg,
        false as is_net_weight_estimated,
        vintage,
        _archive_id as archive_id
    from {{ ref('stg_partner_customs__trade') }}
),

-- Comtrade is asked for a heading and for its subheadings alike, and states the same goods under both
headings_in_lines as (
    select distinct
        lines.source_id,
        lines.reporter_code,
        lines.partner_code,
        lines.flow,
        lines.period,
        lines.period_type,
        left(lines.hs_code, 4) as heading
    from comtrade as lines
    where
        length(lines.hs_code) = 6
        and left(lines.hs_code, 4) in (select headings.hs_code from in_scope as headings)
        and {{ is_outdated('lines') }}
        and {{ is_first_batch('lines', ref('stg_trade__input')) }}
),

-- BACI restates the same goods in editions of the HS: of a code and year the newest edition that has it
baci_editions as (
    select
        lines.hs_code,
        lines.period,
        max_by(lines.nomenclature, lines.edition_year) as nomenclature
    from baci as lines
    where
        {{ is_outdated('lines') }}
        and {{ is_first_batch('lines', ref('stg_trade__input')) }}
    group by lines.hs_code, lines.period
),

lines as (
    {{ stacked(columns, [
        ('census_imports', ['fob_value_usd', 'value_native', 'currency', 'quality_flag']),
        ('census_year', [
            'fob_value_usd', 'rate_provision', 'district', 'value_native', 'currency', 'charges_usd', 'usmca_value_usd',
            'quantity', 'quantity_unit', 'quantity2', 'quantity2_unit', 'net_weight_kg',
            'is_net_weight_estimated', 'content_kg', 'quality_flag',
        ]),
        ('census_exports', [
            'fob_value_usd', 'rate_provision', 'value_native', 'currency', 'general_value_usd', 'dutiable_usd',
            'calculated_duty_usd', 'charges_usd', 'usmca_value_usd', 'quality_flag',
        ]),
        ('statcan', [
            'fob_value_usd', 'rate_provision', 'district', 'general_value_usd', 'dutiable_usd', 'calculated_duty_usd',
            'charges_usd', 'usmca_value_usd', 'quantity2', 'quantity2_unit',
        ]),
        ('dataweb', [
            'fob_value_usd', 'rate_provision', 'district', 'value_native', 'currency', 'general_value_usd',
            'dutiable_usd', 'calculated_duty_usd', 'charges_usd', 'quantity', 'quantity_unit',
            'quantity2', 'quantity2_unit', 'net_weight_kg', 'is_net_weight_estimated', 'content_kg',
            'quality_flag',
        ]),
        ('comtrade', [
            'rate_provision', 'district', 'value_native', 'currency', 'general_value_usd',
            'dutiable_usd', 'calculated_duty_usd', 'charges_usd', 'usmca_value_usd', 'quantity2',
            'quantity2_unit', 'content_kg', 'quality_flag',
        ]),
        ('census_months', [
            'fob_value_usd', 'rate_provision', 'district', 'value_native', 'currency', 'dutiable_usd',
            'calculated_duty_usd', 'charges_usd', 'usmca_value_usd', 'quantity2', 'quantity2_unit', 'content_kg',
        ]),
        ('partner_customs', [
            'fob_value_usd', 'rate_provision', 'district', 'value_native', 'currency', 'general_value_usd',
            'dutiable_usd', 'calculated_duty_usd', 'charges_usd', 'usmca_value_usd', 'quantity2',
            'quantity2_unit', 'content_kg', 'quality_flag',
        ]),
        ('baci', [
            'fob_value_usd', 'rate_provision', 'district', 'value_native', 'currency', 'general_value_usd',
            'dutiable_usd', 'calculated_duty_usd', 'charges_usd', 'usmca_value_usd', 'quantity2',
            'quantity2_unit', 'content_kg', 'quality_flag',
        ]),
    ]) }}
)

-- two codes of a source can mean one country, as partners not specified do: the sum is the line. A code that
-- nobody knows is a country not specified too, and a test names it.
select
    lines.source_id,
    coalesce(reporters.iso3, 'ZZZ') as reporter_iso3,
    coalesce(partners.iso3, 'ZZZ') as partner_iso3,
    lines.flow,
    lines.hs_code,
    lines.nomenclature,
    lines.period,
    lines.period_type,
    coalesce(lines.rate_provision, 'all') as rate_provision,
    coalesce(lines.district, 'all') as district,
    case
        when count(lines.value_usd) = count(*)
            then round(sum({{ as_decimal('lines.value_usd', 18, 3) }}))::bigint
    end as value_usd,
    case
        when count(coalesce(lines.value_native, lines.value_usd)) = count(*)
            then sum({{ as_decimal('coalesce(lines.value_native, lines.value_usd)', 18, 3) }})::double
    end as value_native,
    coalesce(max(lines.currency), 'USD') as currency,
    max(lines.value_basis) as value_basis,
    round({{ whole_sum(
        "coalesce(lines.fob_value_usd, case when lines.value_basis != 'cif' then lines.value_usd end)"
    ) }})::bigint as customs_value_usd,
    sum(lines.general_value_usd)::bigint as general_value_usd,
    sum(lines.dutiable_usd)::bigint as dutiable_usd,
    sum(lines.calculated_duty_usd)::bigint as calculated_duty_usd,
    sum(lines.charges_usd)::bigint as charges_usd,
    round(sum({{ as_decimal('lines.usmca_value_usd', 18, 3) }}))::bigint as usmca_value_usd,
    {{ whole_sum('lines.quantity') }} as quantity,
    max(lines.quantity_unit) as quantity_unit,
    {{ whole_sum('lines.quantity2') }} as quantity2,
    max(lines.quantity2_unit) as quantity2_unit,
    {{ whole_sum('lines.net_weight_kg') }} as net_weight_kg,
    bool_or(lines.is_net_weight_estimated) as is_net_weight_estimated,
    coalesce(
        {{ whole_sum('lines.content_kg') }},
        {{ whole_sum('lines.net_weight_kg') }} * max(in_scope.content_factor)
    ) as content_kg,
    case
        when {{ whole_sum('lines.content_kg') }} is not null then 'reported'
        when {{ whole_sum('lines.net_weight_kg') }} * max(in_scope.content_factor) is not null then 'factor'
        else 'none'
    end as content_method,
    bool_or(headings_in_lines.heading is not null) as is_sum_of_lines,
    coalesce(max(lines.quality_flag), 'ok') as quality_flag,
    max(lines.vintage) as vintage,
    min(lines.archive_id) as archive_id
from lines
inner join in_scope on lines.hs_code = in_scope.hs_code and lines.nomenclature = in_scope.nomenclature
left join {{ ref('dim_country_code') }} as reporters
    on lines.source_id = reporters.source_id and lines.reporter_code = reporters.code
left join {{ ref('dim_country_code') }} as partners
    on lines.source_id = partners.source_id and lines.partner_code = partners.code
left join headings_in_lines
    on
        lines.source_id = headings_in_lines.source_id
        and lines.reporter_code = headings_in_lines.reporter_code
        and lines.partner_code = headings_in_lines.partner_code
        and lines.flow = headings_in_lines.flow
        and lines.period = headings_in_lines.period
        and lines.period_type = headings_in_lines.period_type
        and lines.hs_code = headings_in_lines.heading
left join baci_editions
    on
        lines.source_id = 'cepii_baci'
        and lines.hs_code = baci_editions.hs_code
        and lines.period = baci_editions.period
where
    reporters.kind is distinct from 'excluded'
    and lines.nomenclature = coalesce(baci_editions.nomenclature, lines.nomenclature)
    and partners.kind is distinct from 'excluded'
    and {{ is_outdated('lines') }}
    and {{ is_first_batch('lines', ref('stg_trade__input')) }}
group by all
-- a filter on a source or a period reads few row groups
order by lines.source_id, lines.period, lines.hs_code
