{#
    Aggregates that the dialects spell or order differently. `where` keeps the rows for which a condition holds. A
    group without any value gives null.
#}

{# The values of a group joined to one text, in the order of `by`. #}
{% macro joined(value, separator, by=none, where=none) -%}
    {{ adapter.dispatch('joined')(value, separator, by or value, where) }}
{%- endmacro %}

{% macro duckdb__joined(value, separator, by, where) -%}
    string_agg({{ value }}, '{{ separator }}' order by {{ by }}){{ kept_where(where) }}
{%- endmacro %}

{% macro spark__joined(value, separator, by, where) -%}
    case when count({{ value }}){{ kept_where(where) }} > 0 then array_join(
        transform(
            sort_array(
                collect_list(case when {{ value }} is not null then struct({{ by }}, {{ value }} as joined) end)
                {{- kept_where(where) }}
            ),
            row -> row.joined
        ),
        '{{ separator }}'
    ) end
{%- endmacro %}

{# The distinct values of a group joined to one text, in their own order. #}
{% macro joined_distinct(value, separator, where=none) -%}
    {{ adapter.dispatch('joined_distinct')(value, separator, where) }}
{%- endmacro %}

{% macro duckdb__joined_distinct(value, separator, where) -%}
    string_agg(distinct {{ value }}, '{{ separator }}' order by {{ value }}){{ kept_where(where) }}
{%- endmacro %}

{% macro spark__joined_distinct(value, separator, where) -%}
    case when count({{ value }}){{ kept_where(where) }} > 0 then array_join(
        sort_array(collect_set({{ value }}){{ kept_where(where) }}), '{{ separator }}'
    ) end
{%- endmacro %}

{# The quantile at a share (0-1) of a group's values, interpolated between two values. #}
{% macro percentile(value, share) -%}
    {{ adapter.dispatch('percentile')(value, share) }}
{%- endmacro %}

{% macro duckdb__percentile(value, share) -%}
    quantile_cont({{ value }}, {{ share }})
{%- endmacro %}

{% macro spark__percentile(value, share) -%}
    percentile({{ value }}, {{ share }})
{%- endmacro %}

{# A group's values as a list, sorted. Nulls are left out. #}
{% macro sorted_list(value) -%}
    {{ adapter.dispatch('sorted_list')(value) }}
{%- endmacro %}

{% macro duckdb__sorted_list(value) -%}
    list({{ value }} order by {{ value }}) filter (where {{ value }} is not null)
{%- endmacro %}

{% macro spark__sorted_list(value) -%}
    case when count({{ value }}) > 0 then sort_array(collect_list({{ value }})) end
{%- endmacro %}

{#
    Sum and mean of floating-point values, added in the order of `by`. DuckDB gives the same digits in every run. Spark
    keeps no order, so there the last digits may differ.
#}
{% macro sum_in_order(value, by=none, where=none) -%}
    {{ adapter.dispatch('sum_in_order')(value, by or value, where) }}
{%- endmacro %}

{% macro duckdb__sum_in_order(value, by, where) -%}
    sum({{ value }} order by {{ by }}){{ kept_where(where) }}
{%- endmacro %}

{% macro spark__sum_in_order(value, by, where) -%}
    sum({{ value }}){{ kept_where(where) }}
{%- endmacro %}

{% macro mean_in_order(value, by) -%}
    {{ adapter.dispatch('mean_in_order')(value, by) }}
{%- endmacro %}

{% macro duckdb__mean_in_order(value, by) -%}
    avg({{ value }} order by {{ by }})
{%- endmacro %}

{% macro spark__mean_in_order(value, by) -%}
    avg({{ value }})
{%- endmacro %}

{# Any non-missing value of a group. #}
{% macro any_known(value) -%}
    {{ adapter.dispatch('any_known')(value) }}
{%- endmacro %}

{% macro duckdb__any_known(value) -%}
    any_value({{ value }})
{%- endmacro %}

{% macro spark__any_known(value) -%}
    any_value({{ value }}, true)
{%- endmacro %}

{% macro kept_where(where) -%}
    {{ ' filter (where ' ~ where ~ ')' if where }}
{%- endmacro %}
