{# Replaces dbt-spark's own macro, which treats a quote within a text as its end. #}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set given = model['config'].get('column_types', {}) %}
    {%- set types = [] %}
    {%- for name in agate_table.column_names %}
        {%- do types.append(given.get(name, adapter.convert_type(agate_table, loop.index0))) %}
    {%- endfor %}
    {%- for rows in agate_table.rows | batch(1000) %}
        {%- set sql %}
            insert into {{ this }}
            {%- for row in rows %}
            {{ 'values' if loop.first else ',' }} (
                {%- for value in row -%}
                    cast({{ spark_text(value) }} as {{ types[loop.index0] }}){{ ', ' if not loop.last }}
                {%- endfor -%}
            )
            {%- endfor %}
        {%- endset %}
        {%- do adapter.add_query(sql, abridge_sql_log=True) %}
    {%- endfor %}
{%- endmacro %}

{% macro spark_text(value) -%}
    {%- if value is none -%} null
    {%- else -%} '{{ value | string | replace('\\', '\\\\') | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}
