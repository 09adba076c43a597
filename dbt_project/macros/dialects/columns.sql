{# All columns of a relation, or of the whole query, except some. #}
{% macro all_but(columns, of=none) -%}
    {{ adapter.dispatch('all_but')(columns, of) }}
{%- endmacro %}

{% macro duckdb__all_but(columns, of) -%}
    {{ of ~ '.' if of }}* exclude ({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__all_but(columns, of) -%}
    {{ of ~ '.' if of }}* except ({{ columns | join(', ') }})
{%- endmacro %}
