{# Days from one date to another. #}
{% macro days_between(first, last) -%}
    {{ adapter.dispatch('days_between')(first, last) }}
{%- endmacro %}

{% macro duckdb__days_between(first, last) -%}
    (({{ last }}) - ({{ first }}))
{%- endmacro %}

{% macro spark__days_between(first, last) -%}
    date_diff({{ last }}, {{ first }})
{%- endmacro %}

{# The list of the days from one date to another, both included. The first may not be after the last. #}
{% macro days_from_to(first, last) -%}
    {{ adapter.dispatch('days_from_to')(first, last) }}
{%- endmacro %}

{% macro duckdb__days_from_to(first, last) -%}
    generate_series({{ first }}, {{ last }}, interval 1 day)
{%- endmacro %}

{% macro spark__days_from_to(first, last) -%}
    sequence({{ first }}, {{ last }}, interval 1 day)
{%- endmacro %}
