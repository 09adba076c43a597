-- Every fact as stated in each vintage held, one row per figure: prices and trade by the publisher's edition
-- or download, USGS figures by edition of the Mineral Commodity Summaries. A reissued USGS edition replaces
-- the earlier issue.
{{ config(
    pre_hook="{{ begin_batches(ref('fct_trade')) }}",
    post_hook="{{ insert_further_batches() }}"
) }}
with price_lines as (
    {%- for source in price_sources() if source.has_revisions %}
        select
            {{ price_line(source, '_vintage') }}
        from {{ vintage_rows(source.table) }}
        {{ 'where ' ~ source.only if source.only }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

prices as (
    select
        'core.fct_price' as table_name,
        concat_ws('|', mapped.source_id, mapped.series_id) as series_key,
        mapped.mineral_id,
        mapped.mineral_id as mineral_ids,
        published.period,
        'price' as measure,
        published.price as value,
        published.unit,
        mapped.source_id,
        'revision' as change_kind,
        published.vintage,
        null::string as edition,
        published._archive_id as archive_id
    from price_lines as published
    inner join {{ ref('price_series') }} as mapped
        on
            published.source_id = mapped.source_id
            and published.series = mapped.series
            and published.unit = mapped.unit
),

-- the meaning of a line by the bridge: six digits are international, and each country defines its own finer
-- lines
line_minerals as (
    select
        hs_code,
        case when nomenclature in ('HTS', 'Schedule B', 'CIMT') then nomenclature else 'HS' end
            as nomenclature,
        min(case when weight_mid > 0.9 and not is_group then mineral_id end) as one_mineral_id,
        min(case when weight_mid > 0.9 and is_group then mineral_id end) as one_group_id,
        {{ joined_distinct('mineral_id', ';') }} as mineral_ids
    from {{ ref('bridge_trade_product') }}
    where weight_mid > 0 and not is_allocation_only
    group by
        hs_code, case when nomenclature in ('HTS', 'Schedule B', 'CIMT') then nomenclature else 'HS' end
),

stated_lines as (
    {%- for source in trade_sources() if source.has_revisions %}
        select {{ trade_line_columns() | join(', ') }}
        from {{ ref('stg_' ~ source.source_id ~ '__vintage') }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

trade_lines as (
    select
        lines.source_id,
        concat_ws(
            '|', lines.source_id, reporters.iso3, partners.iso3, lines.flow, lines.hs_code, lines.period_type
        ) as series_key,
        lines.period,
        coalesce(line_minerals.one_mineral_id, line_minerals.one_group_id) as mineral_id,
        line_minerals.mineral_ids,
        lines.value_usd,
        lines.value_native,
        lines.currency,
        lines.net_weight_kg,
        lines.vintage,
        lines.archive_id
    from stated_lines as lines
    inner join {{ ref('dim_country_code') }} as reporters
        on lines.source_id = reporters.source_id and lines.reporter_code = reporters.code
    inner join {{ ref('dim_country_code') }} as partners
        on lines.source_id = partners.source_id and lines.partner_code = partners.code
    left join line_minerals
        on lines.hs_code = line_minerals.hs_code and lines.nomenclature = line_minerals.nomenclature
    where
        reporters.kind != 'excluded'
        and partners.kind != 'excluded'
        and {{ is_in_batch('lines', ref('fct_trade')) }}
),

-- two codes of the source can mean one unspecified partner: their sum is the line, as in core.fct_trade
trade as (
    select
        'core.fct_trade' as table_name,
        series_key,
        mineral_id,
        mineral_ids,
        period,
        measure,
        {{ exact_sum('value') }} as value,
        case measure when 'value_usd' then 'USD' when 'value_native' then currency else 'kg' end as unit,
        source_id,
        'revision' as change_kind,
        vintage,
        null::string as edition,
        min(archive_id) as archive_id
    from trade_lines
    unpivot (value for measure in (value_usd, value_native, net_weight_kg))
    group by source_id, series_key, mineral_id, mineral_ids, period, measure, currency, vintage
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
    union all
    select * from trade
    union all
    select
        table_name,
        series_key,
        mineral_id,
        mineral_id as mineral_ids,
        period,
        measure,
        value,
        unit,
        source_id,
        change_kind,
        vintage,
        edition,
        archive_id
    from summaries
)

select
    *,
    concat_ws('|', series_key, period, measure) as key
from figures_of_all
where {{ is_in_batch('figures_of_all', ref('fct_trade')) }}
