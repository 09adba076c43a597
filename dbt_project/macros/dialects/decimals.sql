{#
    A figure as a decimal, so that a sum does not depend on the order of its rows. DuckDB would round the
    binary value and Spark its shortest decimal form, which could differ for a half digit.
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
