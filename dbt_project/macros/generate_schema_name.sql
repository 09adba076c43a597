{# Schemas carry the layer's own name (`marts`, not `main_marts`), so that analysts and asset keys see the same. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name is not none else target.schema }}
{%- endmacro %}
