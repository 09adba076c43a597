{# The state of the dbt project, from the caller's environment. Without it a run counts as a new project. #}
{% macro project_state() -%}
    '{{ env_var("MINERALS_PROJECT", run_started_at | string) }}'
{%- endmacro %}

{#
    The sources and periods of core.fct_trade to rebuild: those whose input differs from core.fct_trade_input of the last
    run, or is gone. It returns none if that is all of them.
#}
{% macro outdated_trade() -%}
    {#- Spark makes a table, and compiling for it must ask no engine #}
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
    Delete outdated rows before core.fct_trade inserts new ones. The note of their input goes first, so that the next run
    never takes the result of an interrupted one for current.
#}
{% macro drop_outdated() -%}
    {%- set noted = adapter.get_relation(this.database, this.schema, 'fct_trade_input') if execute -%}
    {%- if is_incremental() -%}
        {%- if noted -%} delete from {{ noted }} as noted where {{ is_outdated('noted') }}; {% endif -%}
        delete from {{ this }} as trade where {{ is_outdated('trade') }}
    {%- endif -%}
{%- endmacro %}
