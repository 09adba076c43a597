{# No given column is above one that stands after it, such as low, middle and high; what is missing passes. #}
{% test in_order(model, columns) %}
select *
from {{ model }}
where
    {%- for column in columns %}
    {%- set outer = loop %}
    {%- for later in columns[outer.index:] %}
    {{ 'or ' if not (outer.first and loop.first) }}{{ column }} > {{ later }} + 1e-6
    {%- endfor %}
    {%- endfor %}
{% endtest %}
