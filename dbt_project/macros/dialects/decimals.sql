{#
    A figure as a decimal, so that a sum of them is the same in whatever order its rows come. DuckDB rounds the binary
    figure, Spark would round its shortest decimal form: half a digit would go two ways.
#}
{% macro as_decimal(figure, precision, scale) -%}
    {{ adapter.dispatch('as_decimal')(figure, precision, scale) }}
{%- endmacro %}

{% macro duckdb__as_decimal(figure, precision, scale) -%}
    ({{ figure }})::decimal({{ precision }}, {{ scale }})
{%- endmacro %}

{% macro spark__as_decimal(figure, precision, scale) -%}
    {{ rounded(figure, scale) }}::decimal({{ precision }}, {{ scale }})
{%- endmacro %}
