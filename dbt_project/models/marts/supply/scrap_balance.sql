-- Scrap of a metal: domestic recovery, trade, and the value that USGS prints. Trade sources are not added:
-- the first in the order of preference that has the year is used.
{%- set is_china = "ends.other_iso3 in ('CHN', 'HKG', 'MAC')" %}

{%- set recovered_share = share('recovered.secondary_production_t', 'recovered.apparent_consumption_t') %}
with lines as (
    select
        trade.source_id,
        trade.flow,
        trade.reporter_iso3,
        trade.partner_iso3,
        products.mineral_id,
        year(trade.period)::smallint as year,
        trade.period,
        trade.period_type,
        trade.value_usd * products.weight_mid as value_usd,
        trade.net_weight_kg / 1000 * products.weight_mid as gross_t,
        trade.archive_id
    from {{ ref('fct_trade') }} as trade
    inner join {{ ref('bridge_trade_product') }} as products
        on
            trade.hs_code = products.hs_code
            and trade.nomenclature = products.nomenclature
            and trade.period >= products.valid_from
            and (products.valid_to is null or trade.period <= products.valid_to)
    where
        products.stage = 'scrap'
        and not products.is_allocation_only
        and products.weight_mid > 0
        and trade.flow in ('import', 'export')
        and trade.partner_iso3 != trade.reporter_iso3
        and not trade.is_sum_of_lines
),

-- a flow as its own reporter states it; BACI has importers only, so its flows are read from both ends
ends as (
    select
        *,
        reporter_iso3 as area,
        flow as side,
        partner_iso3 as other_iso3
    from lines
    where source_id != 'cepii_baci' or flow = 'import'
    union all
    select
        *,
        partner_iso3 as area,
        'export' as side,
        reporter_iso3 as other_iso3
    from lines
    where source_id = 'cepii_baci' and flow = 'import'
),

preferences (source_id, preference) as (
    values {{ whole_preferences() }}
),

-- if a source states the World next to single partners, the World is used
yearly as (
    select
        ends.area,
        ends.mineral_id,
        ends.year,
        ends.side,
        ends.source_id,
        preferences.preference,
        {{ exact_sum("case when ends.other_iso3 = 'WLD' then ends.value_usd end") }} as world_usd,
        {{ exact_sum("case when ends.other_iso3 != 'WLD' then ends.value_usd end") }} as partners_usd,
        case
            when count(*) filter (where ends.other_iso3 = 'WLD') > 0
                then {{ exact_sum("case when ends.other_iso3 = 'WLD' then ends.gross_t end") }}
            else {{ whole_sum('ends.gross_t') }}
        end as gross_t,
        case
            when count(*) filter (where ends.other_iso3 not in ('WLD', 'ZZZ')) > 0
                then coalesce(
                    {{ exact_sum("case when " ~ is_china ~ " then ends.value_usd end") }},
                    0
                )
        end as china_usd,
        min(ends.archive_id) as archive_id
    from ends
    inner join preferences on ends.source_id = preferences.source_id
    where ends.area in ('USA', 'CAN', 'MEX')
    group by ends.area, ends.mineral_id, ends.year, ends.side, ends.source_id, preferences.preference
    having bool_or(ends.period_type = 'year') or count(distinct ends.period) = 12
),

chosen as (
    select
        *,
        coalesce(world_usd, partners_usd) as value_usd
    from yearly
    qualify row_number() over (partition by area, mineral_id, year, side order by preference, source_id) = 1
),

published as (
    select * from {{ ref('fct_scrap_value') }}
),

recovered as (
    select
        mineral_id,
        year,
        basis,
        secondary_production_t,
        apparent_consumption_t,
        archive_ids
    from {{ ref('import_dependency') }}
    where area = 'USA' and is_headline and secondary_production_t > 0
    qualify row_number() over (partition by mineral_id, year order by edition desc) = 1
),

keys as (
    select
        area,
        mineral_id,
        year
    from chosen
    union
    select
        'USA' as area,
        mineral_id,
        year
    from published
    union
    select
        'USA' as area,
        mineral_id,
        year
    from recovered
)

select
    keys.area,
    {{ area_name('keys.area') }} as area_name,
    keys.mineral_id,
    keys.year,
    recovered.basis as recovery_basis,
    recovered.secondary_production_t,
    recovered.apparent_consumption_t,
    -- if recovery exceeds use, scrap is a product itself or is sold abroad
    case
        when recovered.secondary_production_t <= recovered.apparent_consumption_t
            then {{ rounded(recovered_share, 6) }}
    end as recycling_input_share,
    round(imports.value_usd)::bigint as scrap_imports_usd,
    imports.gross_t as scrap_imports_gross_t,
    round(exports.value_usd)::bigint as scrap_exports_usd,
    exports.gross_t as scrap_exports_gross_t,
    round(exports.china_usd)::bigint as exports_to_china_usd,
    round(imports.value_usd - exports.value_usd)::bigint as net_scrap_imports_usd,
    imports.gross_t - exports.gross_t as net_scrap_imports_gross_t,
    imports.source_id as imports_source_id,
    exports.source_id as exports_source_id,
    round(published.value_usd)::bigint as published_scrap_value_usd,
    published.domestic_pct as published_domestic_pct,
    published.imported_pct as published_imported_pct,
    published.exported_pct as published_exported_pct,
    case
        when imports.mineral_id is null and exports.mineral_id is null then 'no_trade_held'
        when exports.mineral_id is null then 'exports_not_held'
        when imports.mineral_id is null then 'imports_not_held'
        when imports.gross_t is null or exports.gross_t is null then 'value_only'
        else 'complete'
    end as coverage,
    concat_ws(';', published.archive_id, recovered.archive_ids, imports.archive_id, exports.archive_id)
        as archive_ids,
    concat_ws(
        ';',
        case when published.mineral_id is not null or recovered.mineral_id is not null then 'usgs_mcs' end,
        imports.source_id,
        case when exports.source_id is distinct from imports.source_id then exports.source_id end
    ) as source_ids
from keys
left join
    recovered
    on keys.area = 'USA' and keys.mineral_id = recovered.mineral_id and keys.year = recovered.year
left join
    published
    on keys.area = 'USA' and keys.mineral_id = published.mineral_id and keys.year = published.year
left join chosen as imports
    on
        keys.area = imports.area
        and keys.mineral_id = imports.mineral_id
        and keys.year = imports.year
        and imports.side = 'import'
left join chosen as exports
    on
        keys.area = exports.area
        and keys.mineral_id = exports.mineral_id
        and keys.year = exports.year
        and exports.side = 'export'
