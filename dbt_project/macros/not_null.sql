{# dbt's own test shows only the empty column; to correct the row, one must know which row it is. #}
{% macro default__test_not_null(model, column_name) -%}
    select * from {{ model }} where {{ column_name }} is null
{%- endmacro %}
