{# What core.fct_trade is made of: source, raw table and its period. #}
{% macro trade_tables() -%}
    {{ return([
        ('census_bulk', 'census_bulk__imports', 'period'),
        ('census_bulk', 'census_bulk__exports', 'period'),
        ('census_bulk', 'census_bulk__concord', 'period'),
        ('census_api', 'census_api__imports_annual', 'make_date(year, 1, 1)'),
        ('statcan_cimt', 'statcan_cimt__trade', 'period'),
        ('usitc_dataweb', 'usitc_dataweb__usmca_monthly', 'period'),
        ('comtrade', 'comtrade__trade', 'period'),
        ('cepii_baci', 'cepii_baci__trade', 'make_date(year, 1, 1)'),
        ('census_months', 'census_months__imports', 'period'),
        ('partner_customs', 'partner_customs__trade', 'period'),
    ]) }}
{%- endmacro %}

{# The state of the dbt project, as its caller tells it. A run that is told of none takes itself for a new one. #}
{% macro project_state() -%}
    '{{ env_var("MINERALS_PROJECT", run_started_at | string) }}'
{%- endmacro %}

{#
    The sources and periods of core.fct_trade to be made anew: those whose input is not what the last run noted in
    core.fct_trade_input, or has gone. None is told where that is all of them.
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

{# Whether rows are of outdated periods. Written out, so that DuckDB reads no other block of the files' rows. #}
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
    Before core.fct_trade takes what is new: drop what is outdated, and first its note, so that a run that breaks off
    leaves nothing that the next one would take for current.
#}
{% macro drop_outdated() -%}
    {%- set noted = adapter.get_relation(this.database, this.schema, 'fct_trade_input') if execute -%}
    {%- if is_incremental() -%}
        {%- if noted -%} delete from {{ noted }} as noted where {{ is_outdated('noted') }}; {% endif -%}
        delete from {{ this }} as trade where {{ is_outdated('trade') }}
    {%- endif -%}
{%- endmacro %}
