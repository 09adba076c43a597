{#
    Set the batches of a model (macros/batches.sql) as variables of the connection, beginning with the first. Spark
    builds a model at once.
#}
{% macro begin_batches(periods) -%}
    {{ return(adapter.dispatch('begin_batches')(periods)) }}
{%- endmacro %}

{% macro duckdb__begin_batches(periods) -%}
    {%- set batches = trade_batches(periods) -%}
    set variable batches = [
        {%- for first, last in batches %}[{{ first }}, {{ last }}]{{ ', ' if not loop.last }}{% endfor -%}
    ]::integer[][];
    {%- if batches %} {{ set_batch(*batches[0]) }} {%- endif -%}
{%- endmacro %}

{% macro spark__begin_batches(periods) -%}
{%- endmacro %}

{% macro set_batch(first, last) -%}
    set variable batch_from = date '{{ "%04d" | format(first | int) }}-01-01';
    set variable batch_to = date '{{ "%04d" | format(last | int) }}-12-31';
{%- endmacro %}

{# Insert the rows of the model's query for each further batch. #}
{% macro insert_further_batches() -%}
    {{ return(adapter.dispatch('insert_further_batches')()) }}
{%- endmacro %}

{% macro duckdb__insert_further_batches() -%}
    {%- if execute -%}
        {%- for first, last in run_query(
            "select batch[1], batch[2] from (select unnest(getvariable('batches')) as batch) order by all offset 1"
        ).rows %}
            {{ set_batch(first, last) }}
            insert into {{ this }} by name select * from ({{ model.compiled_code }});
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro spark__insert_further_batches() -%}
{%- endmacro %}

{# The periods of the current batch; all of them if one batch suffices. #}
{% macro is_in_batch(relation, periods) -%}
    {{ return(adapter.dispatch('is_in_batch')(relation, periods)) }}
{%- endmacro %}

{% macro duckdb__is_in_batch(relation, periods) -%}
    {%- if trade_batches(periods) -%}
        {{ relation }}.period between getvariable('batch_from') and getvariable('batch_to')
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro spark__is_in_batch(relation, periods) -%}
    true
{%- endmacro %}
