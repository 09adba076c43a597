{# The place of a text among given texts, from 1; missing where it is none of them. #}
{% macro place_in(value, texts) -%}
    case {{ value }}{% for text in texts %} when '{{ text }}' then {{ loop.index }}{% endfor %} end
{%- endmacro %}
