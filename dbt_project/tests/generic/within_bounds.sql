{# Every given column lies between low and high, inclusive; missing values pass. #}
{% test within_bounds(model, columns, low, high) %}
select *
from {{ model }}
where {% for column in columns %}
    {{ column }} not between {{ low }} and {{ high }}{{ ' or' if not loop.last }}
{%- endfor %}
{% endtest %}
