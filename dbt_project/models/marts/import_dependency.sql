-- How dependent each country, and North America as one, is on others for a mineral.
{%- set parts = ['fct_import_dependency_us', 'fct_bloc_dependency'] %}
{%- for part in parts %}
    select * from {{ ref(part) }}  -- noqa: AM04
    {{ 'union all by name' if not loop.last }}
{%- endfor %}
