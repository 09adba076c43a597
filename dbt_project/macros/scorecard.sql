{#
    The weighted mean of scores 0-100, the weights of those that are missing left out of both sums. An aggregate: use it
    with group by; the sum is the same in any order of its rows.
#}
{% macro weighted_score(score, weight) -%}
    (
        sum(({{ score }} * {{ weight }})::decimal(18, 9))::double
        / nullif((sum({{ weight }}::decimal(18, 9)) filter ({{ score }} is not null))::double, 0)
    )
{%- endmacro %}
