{#
    Location of the tables of an engine other than DuckDB, as Parquet on a path that both can read: `raw/` is
    written by `minerals export --layer raw`, `tables/` by dbt.
#}
{% macro exchange() -%}
    {{ env_var('MINERALS_EXCHANGE', env_var('MINERALS_HOME', '../warehouse/data') ~ '/exchange') }}
{%- endmacro %}

{# Makes the raw tables readable before a run: DuckDB has them attached, Spark reads their files. #}
{% macro read_raw() -%}
    {# compiling does not use an engine #}
    {% if execute and flags.WHICH != 'compile' %}{{ adapter.dispatch('read_raw')() }}{% endif %}
{%- endmacro %}

{% macro duckdb__read_raw() -%}
{%- endmacro %}

{% macro spark__read_raw() -%}
    {% do run_query('create schema if not exists raw') %}
    {% for table in graph.sources.values() %}
        {% set files = exchange() ~ '/raw/' ~ table.name %}
        {% do run_query('create or replace view raw.' ~ table.name ~ ' as select * from parquet.`' ~ files ~ '`') %}
    {% endfor %}
{%- endmacro %}

{#
    Replaces dbt-spark's own macro: the schema's tables are stored in the exchange folder, whatever the
    default of the metastore.
#}
{% macro spark__create_schema(relation) -%}
    {% do run_query(
        'create schema if not exists ' ~ relation.without_identifier()
        ~ " location '" ~ exchange() ~ '/tables/' ~ relation.schema ~ "'"
    ) %}
{%- endmacro %}
