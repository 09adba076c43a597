{# Code and name of the areas of the marts: three countries, and the three as one. USMCA is no country's ISO code. #}
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
