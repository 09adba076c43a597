{# Relations stacked by the names of their columns: `parts` pairs each with the columns that it lacks, null there. #}
{% macro stacked(columns, parts) -%}
    {%- for relation, lacking in parts %}
    select
        {%- for column in columns %}
        {{ 'null as ' if column in lacking }}{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
