{#
    Code and name of the areas of the marts: three countries, and the three as one. USMCA is not an ISO code
    of any country.
#}
{% macro areas() -%}
    {{ return({
        'USA': 'United States',
        'CAN': 'Canada',
        'MEX': 'Mexico',
        'USMCA': 'North America',
    }) }}
{%- endmacro %}

{# Name of an area. #}
{% macro area_name(area) -%}
    case {{ area }}{% for code, name in areas().items() %} when '{{ code }}' then '{{ name }}'{% endfor %} end
{%- endmacro %}

{# `reporters` of a period that all of the three stated. #}
{% macro all_of_the_three() -%}
    'CAN;MEX;USA'
{%- endmacro %}
