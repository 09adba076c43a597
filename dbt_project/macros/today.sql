{# The day of the build, or the variable `today` (a day as YYYY-MM-DD). #}
{% macro today() -%}
    {%- if var('today', none) -%} date '{{ var('today') }}' {%- else -%} current_date {%- endif -%}
{%- endmacro %}
