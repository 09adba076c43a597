-- Output from sources other than the Mineral Commodity Summaries, in one shape (macro production_sources).
{%- for source in production_sources() %}
    select {{ production_line_columns() | join(', ') }}
    from {{ ref('stg_' ~ source.source_id ~ '__production_line') }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
