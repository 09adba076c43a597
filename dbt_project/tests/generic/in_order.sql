{# No given column exceeds a later one, as in low, middle and high; missing values pass. #}
{% test in_order(model, columns) %}
select *
from {{ model }}
where false {% for column in columns %}{% for later in columns[loop.index:] %}
    or {{ column }} > {{ later }} + 1e-6
{%- endfor %}{% endfor %}
{% endtest %}
