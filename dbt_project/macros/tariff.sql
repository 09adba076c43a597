{# What the programmes add together, in percent of value; a programme without a measure adds nothing. #}
{% macro added(relation, programmes) -%}
    (
        {%- for programme in programmes %}
            coalesce({{ relation }}.additional_{{ programme }}_pct, 0){{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
