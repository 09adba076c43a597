{# Rank of a text in a list, from 1; null if the list does not contain it. #}
{% macro rank_in_list(value, texts) -%}
    case {{ value }}{% for text in texts %} when '{{ text }}' then {{ loop.index }}{% endfor %} end
{%- endmacro %}
