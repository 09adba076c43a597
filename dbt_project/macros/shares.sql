{# The sum of shares 0-1, the same whatever the order of its rows; 0 where there is none. #}
{% macro share_sum(share) -%}
    (coalesce(sum({{ as_decimal(share, 18, 12) }}), 0)::double)
{%- endmacro %}
