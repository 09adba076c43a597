{# The areas of the marts by code: three countries, and the three as one. No code is another country's. #}
{% macro areas() -%}
    {{ return({
        'USA': 'United States',
        'CAN': 'Canada',
        'MEX': 'Mexico',
        'USMCA': 'North America',
    }) }}
{%- endmacro %}

{# What an area is called. #}
{% macro area_name(area) -%}
    case {{ area }}{% for code, name in areas().items() %} when '{{ code }}' then '{{ name }}'{% endfor %} end
{%- endmacro %}
