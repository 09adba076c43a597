{#
    Sums of trade lines. Decimals give the same sum in every run, whatever the order of the rows.
#}

{# The sum of a column, missing if any of its rows is missing: a partial sum is not the total. #}
{% macro whole_sum(column) -%}
    (case when count({{ column }}) = count(*) then sum({{ as_decimal(column, 30, 6) }})::double end)
{%- endmacro %}

{# The sum of stated values, independent of the order of rows. #}
{% macro exact_sum(column) -%}
    (sum({{ as_decimal(column, 30, 6) }})::double)
{%- endmacro %}

{#
    A figure, zero if it is negative, and missing if it is missing: greatest() alone would turn an unknown
    figure into zero.
#}
{% macro at_least_zero(figure) -%}
    (case when {{ figure }} is not null then greatest({{ figure }}, 0) end)
{%- endmacro %}

{# The sum of a column over the trade lines of one flow; 0 without a line. #}
{% macro flow_sum(flow, column) -%}
    coalesce({{ exact_sum("case when lines.flow = '" ~ flow ~ "' then " ~ column ~ " end") }}, 0)
{%- endmacro %}
