-- The trade lines of all sources (macro trade_sources), with the codes of each source.
{%- for source in trade_sources() %}
    select {{ trade_line_columns() | join(', ') }}
    from {{ ref('stg_' ~ source.source_id ~ '__trade_line') }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
