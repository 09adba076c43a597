{#
    The weighted mean of scores 0-100; weights of missing scores are left out of both sums. An aggregate: use
    it with group by. The result does not depend on the order of rows.
#}
{% macro weighted_score(score, weight) -%}
    (
        sum({{ as_decimal(score ~ ' * ' ~ weight, 18, 9) }})::double
        / nullif((sum({{ as_decimal(weight, 18, 9) }}) filter (where {{ score }} is not null))::double, 0)
    )
{%- endmacro %}

{# A measure on a scale of 0 to 100, which reaches 100 at `full`; missing stays missing. #}
{% macro component_score(measure, full) -%}
    case
        when {{ measure }} is not null
            then {{ rounded('least(greatest(100 * ' ~ measure ~ ' / ' ~ full ~ ', 0), 100)', 6) }}
    end
{%- endmacro %}
