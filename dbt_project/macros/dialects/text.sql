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

{# Columns as one JSON object. #}
{% macro json_of(columns) -%}
    {{ adapter.dispatch('json_of')(columns) }}
{%- endmacro %}

{% macro duckdb__json_of(columns) -%}
    json_object({% for column in columns %}'{{ column }}', {{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro spark__json_of(columns) -%}
    to_json(named_struct({% for column in columns %}'{{ column }}', {{ column }}{{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}
