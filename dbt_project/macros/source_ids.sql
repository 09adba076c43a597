{# A source to add to a list of sources joined by `;`; missing if the list has it already. #}
{% macro unless_listed(source_id, source_ids) -%}
    case
        when not coalesce(array_contains(split({{ source_ids }}, ';'), {{ source_id }}), false)
            then {{ source_id }}
    end
{%- endmacro %}
