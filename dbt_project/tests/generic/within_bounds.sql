{# Every given column lies between low and high, both allowed; what is missing passes. #}
{% test within_bounds(model, columns, low, high) %}
select *
from {{ model }}
where {% for column in columns %}
    {{ column }} not between {{ low }} and {{ high }}{{ ' or' if not loop.last }}
{%- endfor %}
{% endtest %}
