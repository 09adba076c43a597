{# The columns of a shape that a source states, and null for the others. #}
{% macro stated_columns(shape, stated, columns) -%}
    {%- for name in stated if name not in columns -%}
        {{ exceptions.raise_compiler_error(shape ~ " has no column " ~ name) }}
    {%- endfor -%}
    {%- for name, type in columns.items() %}
        {{ stated.get(name, 'cast(null as ' ~ type ~ ')') }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
