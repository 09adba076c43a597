{# The types that contracts name and Spark calls otherwise; dbt casts to them when it holds a model to its contract. #}
{% macro spark__cast(field, type) -%}
    cast({{ field }} as {{ {'json': 'string', 'timestamp': 'timestamp_ntz'}.get(type | lower, type) }})
{%- endmacro %}
