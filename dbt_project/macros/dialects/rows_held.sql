{# Approximate row count of raw tables for a single-machine engine; 0 for an engine that distributes rows. #}
{% macro rows_held(tables) -%}
    {{ return(adapter.dispatch('rows_held')(tables)) }}
{%- endmacro %}

{% macro duckdb__rows_held(tables) -%}
    {%- set found = run_query(
        "select coalesce(sum(estimated_size), 0)::bigint from duckdb_tables()"
        ~ " where schema_name = 'raw' and table_name in ('" ~ tables | join("', '") ~ "')"
    ) -%}
    {{ return(found.rows[0][0]) }}
{%- endmacro %}

{% macro spark__rows_held(tables) -%}
    {{ return(0) }}
{%- endmacro %}
