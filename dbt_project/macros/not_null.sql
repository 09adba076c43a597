{# dbt's own test shows only the empty column; whoever mends the row must know which it is. #}
{% macro default__test_not_null(model, column_name) -%}
    select * from {{ model }} where {{ column_name }} is null
{%- endmacro %}
