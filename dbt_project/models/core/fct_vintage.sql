-- What each fact said in every vintage held, one figure a row: prices and trade by the publisher's edition or
-- download, USGS figures by the edition of the Mineral Commodity Summaries. An edition of USGS issued anew
-- replaces itself.
with prices as (
    select
        'core.fct_price' as table_name,
        concat_ws('|', mapped.source_id, mapped.series_id) as series_key,
        mapped.mineral_id,
        published.period,
        'price' as measure,
        published.price as value,
        published.unit,
        mapped.source_id,
        'revision' as change_kind,
        published.vintage,
        null::varchar as edition,
        published._archive_id as archive_id
    from {{ ref('stg_worldbank_prices__vintage') }} as published
    inner join {{ ref('price_series') }} as mapped
        on
            mapped.source_id = 'worldbank_prices'
            and published.series = mapped.series
            and published.unit = mapped.unit
),

trade_lines as (
    select
        concat_ws(
            '|', 'comtrade', reporters.iso3, partners.iso3, lines.flow_code, lines.hs_code, lines.period_type
        ) as series_key,
        lines.period,
        lines.value_usd,
        lines.net_weight_kg,
        lines.vintage,
        lines._archive_id as archive_id
    from {{ ref('stg_comtrade__vintage') }} as lines
    inner join {{ ref('dim_country_code') }} as reporters
        on lines.reporter_code = reporters.code and reporters.source_id = 'comtrade'
    inner join {{ ref('dim_country_code') }} as partners
        on lines.partner_code = partners.code and partners.source_id = 'comtrade'
    where reporters.kind != 'excluded' and partners.kind != 'excluded'
),

-- two codes of the source can mean one partner not specified: their sum is the line, as in core.fct_trade
trade as (
    select
        'core.fct_trade' as table_name,
        series_key,
        null::varchar as mineral_id,
        period,
        measure,
        {{ exact_sum('value') }} as value,
        case measure when 'value_usd' then 'USD' else 'kg' end as unit,
        'comtrade' as source_id,
        'revision' as change_kind,
        vintage,
        null::varchar as edition,
        min(archive_id) as archive_id
    from trade_lines
    unpivot (value for measure in (value_usd, net_weight_kg))
    group by series_key, period, measure, vintage
),

editions as (
    select
        edition,
        max(vintage) as vintage
    from {{ ref('stg_usgs_mcs__world') }}
    group by edition
),

production as (
    select
        'core.fct_production' as table_name,
        concat_ws('|', source_id, mineral_id, stage, country_iso3) as series_key,
        mineral_id,
        make_date(year, 1, 1) as period,
        measure,
        value,
        't' as unit,
        source_id,
        edition,
        archive_id
    from {{ ref('fct_production') }}
    unpivot (value for measure in (production_t, capacity_t, reserves_t))
    where source_id = 'usgs_mcs'
),

reliance as (
    select
        'core.fct_net_import_reliance' as table_name,
        concat_ws('|', 'usgs_mcs', mineral_id, basis) as series_key,
        mineral_id,
        make_date(year, 1, 1) as period,
        measure,
        value,
        case when measure = 'net_import_reliance_pct' then '%' else 't' end as unit,
        'usgs_mcs' as source_id,
        edition,
        archive_ids as archive_id
    from {{ ref('fct_net_import_reliance') }}
    unpivot (
        value for measure in (
            primary_production_t,
            secondary_production_t,
            imports_t,
            exports_t,
            apparent_consumption_t,
            net_import_reliance_pct
        )
    )
),

summaries as (
    select
        figures.*,
        'edition_change' as change_kind,
        editions.vintage
    from (
        select * from production
        union all
        select * from reliance
    ) as figures
    inner join editions on figures.edition = editions.edition
),

figures_of_all as (
    select * from prices
    union all by name
    select * from trade
    union all by name
    select * from summaries
)

select
    *,
    concat_ws('|', series_key, period, measure) as key
from figures_of_all
