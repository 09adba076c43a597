{# The types of the contracts that Spark names differently; dbt casts to them when it enforces a contract. #}
{% macro spark__cast(field, type) -%}
    cast({{ field }} as {{ {'json': 'string', 'timestamp': 'timestamp_ntz'}.get(type | lower, type) }})
{%- endmacro %}
