{#
    The sources of trade lines. Adding one takes a row here and a view `stg_<source_id>__trade_line`, whose columns the
    macro `trade_line` writes.

    tables      raw tables behind the lines, each with the expression for its period
    codes       columns of seeds.countries with its country codes (extracts of BACI also use ISO 3166)
    codes_of    the source whose country codes it uses instead
    preference  if several sources state one flow, the lowest number is used; a source without one is never chosen
    is_customs  it states imports by tariff line, from the reporter's customs
    has_revisions  its earlier vintages are shown in core.fct_vintage; a view `stg_<source_id>__vintage` has them as trade lines
    new_codes   it states each month's imports under all codes, which a check searches for new codes: staging view, and
                the expressions for code, value and row filter
    is_partial  it is held for some partners only, so no supplier share or total uses it
#}
{% macro trade_sources() -%}
    {{ return([
        {'source_id': 'census_bulk', 'codes_of': 'census_api', 'preference': 1, 'is_customs': true, 'has_revisions': true,
            'new_codes': ('stg_census_bulk__imports', 'hts10', 'consumption_value_usd', 'true'), 'tables': [
                ('census_bulk__imports', 'period'), ('census_bulk__exports', 'period'), ('census_bulk__concord', 'period'),
            ]},
        {'source_id': 'census_api', 'codes': ['census_code'], 'preference': 2, 'is_customs': true, 'tables': [
            ('census_api__imports_annual', 'make_date(year, 1, 1)'),
        ]},
        {'source_id': 'statcan_cimt', 'codes': ['iso2'], 'preference': 1, 'is_customs': true, 'has_revisions': true,
            'new_codes': ('stg_statcan_cimt__trade', 'hs_code', 'stated_value_cad', "flow_code = 'import'"), 'tables': [
                ('statcan_cimt__trade', 'period'),
            ]},
        {'source_id': 'usitc_dataweb', 'codes_of': 'census_api', 'preference': 3, 'is_customs': true, 'is_partial': true,
            'tables': [('usitc_dataweb__usmca_monthly', 'period')]},
        {'source_id': 'comtrade', 'codes': ['comtrade_code'], 'preference': 4, 'has_revisions': true, 'tables': [
            ('comtrade__trade', 'period'),
        ]},
        {'source_id': 'cepii_baci', 'codes': ['comtrade_code', 'iso3', 'iso2'], 'preference': 5, 'tables': [
            ('cepii_baci__trade', 'make_date(year, 1, 1)'),
        ]},
        {'source_id': 'census_months', 'codes_of': 'census_api', 'is_partial': true, 'tables': [
            ('census_months__imports', 'period'),
        ]},
        {'source_id': 'partner_customs', 'codes': ['iso3'], 'tables': [('partner_customs__trade', 'period')]},
    ]) }}
{%- endmacro %}

{# Rows (source_id, preference, is_partial) of the reporters' customs data by tariff line. #}
{% macro customs_preferences() -%}
    {%- for source in trade_sources() if source.is_customs -%}
        ('{{ source.source_id }}', {{ source.preference }}, {{ 'true' if source.is_partial else 'false' }})
        {{- ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Rows (source_id, preference) of the sources that state flows with all partners. #}
{% macro whole_preferences() -%}
    {%- for source in trade_sources() if source.preference and not source.is_partial -%}
        ('{{ source.source_id }}', {{ source.preference }}){{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The sources that are held for some partners only, as a quoted list. #}
{% macro partial_sources() -%}
    {%- for source in trade_sources() if source.is_partial %}'{{ source.source_id }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The customs sources of highest preference that state months with all partners, as a quoted list. #}
{% macro monthly_customs() -%}
    {%- for source in trade_sources() if source.is_customs and source.preference == 1 -%}
        '{{ source.source_id }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Source, raw table and period of every input of core.fct_trade. #}
{% macro trade_tables() -%}
    {%- set found = [] -%}
    {%- for source in trade_sources() -%}
        {%- for table, period in source.tables -%}
            {%- do found.append((source.source_id, table, period)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Column and type of a trade line. #}
{% macro trade_line_columns() -%}
    {{ return({
        'source_id': 'string', 'reporter_code': 'string', 'partner_code': 'string', 'flow': 'string', 'hs_code': 'string',
        'nomenclature': 'string', 'period': 'date', 'period_type': 'string', 'rate_provision': 'string',
        'district': 'string', 'value_usd': 'double', 'value_native': 'double', 'currency': 'string',
        'value_basis': 'string', 'general_value_usd': 'bigint', 'dutiable_usd': 'bigint', 'calculated_duty_usd': 'bigint',
        'charges_usd': 'bigint', 'usmca_value_usd': 'double', 'fob_value_usd': 'double', 'quantity': 'double',
        'quantity_unit': 'string', 'quantity2': 'double', 'quantity2_unit': 'string', 'net_weight_kg': 'double',
        'is_net_weight_estimated': 'boolean', 'content_kg': 'double', 'quality_flag': 'string', 'vintage': 'date',
        'archive_id': 'string',
    }) }}
{%- endmacro %}

{# The select list of a trade line: the columns that a source states, and null for the others. #}
{% macro trade_line(stated) -%}
    {{ stated_columns('A trade line', stated, trade_line_columns()) }}
{%- endmacro %}
