{# No given column is above one that stands after it, such as low, middle and high; what is missing passes. #}
{% test in_order(model, columns) %}
select *
from {{ model }}
where false {% for column in columns %}{% for later in columns[loop.index:] %}
    or {{ column }} > {{ later }} + 1e-6
{%- endfor %}{% endfor %}
{% endtest %}
