{# The sum of shares 0-1, independent of the order of rows; 0 without rows. #}
{% macro share_sum(share) -%}
    (coalesce(sum({{ as_decimal(share, 18, 12) }}), 0)::double)
{%- endmacro %}
