-- The monthly prices of all sources in one shape (macro price_sources), mapped to a mineral or not.
{%- for source in price_sources() %}
    select
        {{ price_line(source, 'vintage') }}
    from {{ ref('stg_' ~ source.table) }}
    {{ 'where ' ~ source.only if source.only }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
