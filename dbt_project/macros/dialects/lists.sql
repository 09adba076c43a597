{# The smallest value that two lists have in common. #}
{% macro least_common(one, other) -%}
    {{ adapter.dispatch('least_common')(one, other) }}
{%- endmacro %}

{% macro duckdb__least_common(one, other) -%}
    list_min(list_intersect({{ one }}, {{ other }}))
{%- endmacro %}

{% macro spark__least_common(one, other) -%}
    array_min(array_intersect({{ one }}, {{ other }}))
{%- endmacro %}

{# A list of texts joined to one. #}
{% macro list_text(list, separator) -%}
    {{ adapter.dispatch('list_text')(list, separator) }}
{%- endmacro %}

{% macro duckdb__list_text(list, separator) -%}
    array_to_string({{ list }}, '{{ separator }}')
{%- endmacro %}

{% macro spark__list_text(list, separator) -%}
    array_join({{ list }}, '{{ separator }}')
{%- endmacro %}
