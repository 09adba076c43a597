{# Whether a text begins with another. #}
{% macro begins_with(text, prefix) -%}
    {{ adapter.dispatch('begins_with')(text, prefix) }}
{%- endmacro %}

{% macro duckdb__begins_with(text, prefix) -%}
    starts_with({{ text }}, {{ prefix }})
{%- endmacro %}

{% macro spark__begins_with(text, prefix) -%}
    startswith({{ text }}, {{ prefix }})
{%- endmacro %}
