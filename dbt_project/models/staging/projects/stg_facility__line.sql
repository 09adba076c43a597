-- The facilities of all lists in one shape (macro facility_sources).
{%- for source in facility_sources() %}
    select {{ facility_line_columns() | join(', ') }}
    from {{ ref('stg_' ~ source.source_id ~ '__facility_line') }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
