{# The fingerprint of the dbt project, from the caller's environment. A run without one rebuilds everything. #}
{% macro project_state() -%}
    '{{ env_var("MINERALS_PROJECT", run_started_at | string) }}'
{%- endmacro %}

{#
    The sources and periods of core.fct_trade to rebuild. `core.fct_trade_input` has the fingerprint of each one's input in
    the last run: those with another fingerprint are rebuilt, and those without input are deleted. The result
    is none, which means all, in a first run and if a thousand or more differ.
#}
{% macro outdated_trade() -%}
    {#- On Spark the model is a plain table. Compiling for Spark must not run a query. #}
    {%- if not execute or model.config.materialized != 'incremental' or not is_incremental() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set noted = adapter.get_relation(this.database, this.schema, 'fct_trade_input') -%}
    {%- if not noted -%} {{ return(none) }} {%- endif -%}
    {%- set found = run_query(
        "select coalesce(now.source_id, noted.source_id), coalesce(now.period, noted.period)"
        ~ " from " ~ ref('stg_trade__input') ~ " as now full join " ~ noted ~ " as noted"
        ~ " on now.source_id = noted.source_id and now.period = noted.period"
        ~ " where now.fingerprint is distinct from noted.fingerprint order by all"
    ) -%}
    {{ return(found.rows if found.rows | length < 1000 else none) }}
{%- endmacro %}

{# Whether rows belong to outdated periods. The periods are literals, so that DuckDB skips all other row groups. #}
{% macro is_outdated(relation) -%}
    {%- set outdated = outdated_trade() -%}
    {%- if outdated is none -%}
        true
    {%- elif outdated | length == 0 -%}
        false
    {%- else -%}
        {{ relation }}.period in (
            {%- for _, period in outdated %}date '{{ period }}'{{ ', ' if not loop.last }}{% endfor -%}
        )
        and ({{ relation }}.source_id, {{ relation }}.period) in (
            {%- for source_id, period in outdated -%}
                ('{{ source_id }}', date '{{ period }}'){{ ', ' if not loop.last }}
            {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}

{#
    Delete outdated rows before core.fct_trade inserts new ones. Their rows of core.fct_trade_input are deleted first: if
    this run is interrupted, the next run finds no fingerprint and rebuilds them.
#}
{% macro drop_outdated() -%}
    {%- set noted = adapter.get_relation(this.database, this.schema, 'fct_trade_input') if execute -%}
    {%- if is_incremental() -%}
        {%- if noted -%} delete from {{ noted }} as noted where {{ is_outdated('noted') }}; {% endif -%}
        delete from {{ this }} as trade where {{ is_outdated('trade') }}
    {%- endif -%}
{%- endmacro %}
