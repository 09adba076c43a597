{#
    The lists of projects, mines and plants. Adding one takes a row here and a view `stg_<source_id>__facility_line`, whose
    columns the macro `facility_line` writes. Facilities, their minerals and unclassified phrases follow.

    phrases_in  raw table that names the commodities of each facility; a view `stg_<source_id>__facility_phrase` has
                them, one per row (macro `facility_phrase`). A phrase is the name of a mineral or a row of
                seeds.commodity_phrases
    titles_in   raw table whose titles name the minerals, if the list has no commodities
#}
{% macro facility_sources() -%}
    {{ return([
        {'source_id': 'nrcan_projects', 'phrases_in': 'nrcan_projects__commodity'},
        {'source_id': 'fast41', 'titles_in': 'fast41__project'},
        {'source_id': 'icmm_sites', 'phrases_in': 'icmm_sites__commodity'},
    ]) }}
{%- endmacro %}

{# The select list of a facility: the columns that a list states, and null for the others. #}
{% macro facility_line(stated) -%}
    {{ stated_columns('A facility', stated, facility_line_columns()) }}
{%- endmacro %}

{# Column and type of a facility, as in core.dim_facility. #}
{% macro facility_line_columns() -%}
    {{ return({
        'facility_id': 'string', 'source_id': 'string', 'name': 'string', 'country_iso3': 'string', 'subdivision': 'string',
        'latitude': 'double', 'longitude': 'double', 'operator': 'string', 'stage': 'string', 'phase': 'string',
        'is_on_hold': 'boolean', 'development_stage': 'string', 'commodities': 'string', 'url': 'string', 'vintage': 'date',
        'archive_id': 'string',
    }) }}
{%- endmacro %}

{# The select list of a commodity that a list names for a facility; `edition` and `subject` describe it in meta.quarantine. #}
{% macro facility_phrase(stated) -%}
    {{ stated_columns('A commodity of a facility', stated, {
        'facility_id': 'string', 'phrase': 'string', 'commodity_rank': 'string', 'edition': 'string', 'subject': 'string',
        'archive_id': 'string',
    }) }}
{%- endmacro %}
