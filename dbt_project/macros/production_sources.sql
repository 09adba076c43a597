{#
    The sources of output other than the Mineral Commodity Summaries. Adding one takes a row here, a view
    `stg_<source_id>__production_line` whose columns the macro `production_line` writes, and one row per product in
    `seeds/production_forms.csv`. The fact, the output of members and the check on unknown products follow.

    codes       columns of seeds.countries with its country codes, if it covers more than one country
    codes_of    the source whose country codes it uses
    preference  the lowest number counts for a member that the Summaries do not list; each number is used once
#}
{% macro production_sources() -%}
    {{ return([
        {'source_id': 'inegi_eimm', 'preference': 1},
        {'source_id': 'bgs_wms', 'preference': 2},
    ]) }}
{%- endmacro %}

{# Rows (source_id, preference) of these sources. #}
{% macro production_preferences() -%}
    {%- for source in production_sources() -%}
        ('{{ source.source_id }}', {{ source.preference }}){{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Column and type of a production line: output of a product in a country and year. #}
{% macro production_line_columns() -%}
    {{ return({
        'source_id': 'string', 'product': 'string', 'sub_product': 'string', 'country': 'string', 'country_iso3': 'string',
        'year': 'smallint', 'unit': 'string', 'quantity': 'double', 'quantity_low': 'double', 'quantity_high': 'double',
        'qualifier': 'string', 'is_estimated': 'boolean', 'vintage': 'date', 'archive_id': 'string',
    }) }}
{%- endmacro %}

{# The select list of a production line: the columns that a source states, and null for the others. #}
{% macro production_line(stated) -%}
    {{ stated_columns('A production line', stated, production_line_columns()) }}
{%- endmacro %}
