{#
    The columns of seeds.countries with a source's country codes, as (source, column). Trade and production
    sources name theirs in their own row (`codes`); the others are listed here. A code in no column is a row
    of seeds.country_aliases.
#}
{% macro country_code_columns() -%}
    {%- set found = [('wits_trains', 'm49_code'), ('ilab_goods', 'name')] -%}
    {%- for source in trade_sources() + production_sources() -%}
        {%- for column in source.codes or [] -%}
            {%- do found.append((source.source_id, column)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Rows (source_id, codes_of) of the sources that use another's country codes. #}
{% macro borrowed_country_codes() -%}
    {%- for source in trade_sources() + production_sources() if source.codes_of -%}
        ('{{ source.source_id }}', '{{ source.codes_of }}'){{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
