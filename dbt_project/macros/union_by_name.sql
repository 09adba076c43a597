{# Union relations by column name: `parts` pairs each relation with the columns that it lacks, which become null. #}
{% macro union_by_name(columns, parts) -%}
    {%- for relation, lacking in parts %}
    select
        {%- for column in columns %}
        {{ 'null as ' if column in lacking }}{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
