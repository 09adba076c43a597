{#
    The sources of monthly prices. Adding one takes a row here and one row per series in `seeds/price_series.csv`. The
    lines, the fact, the check between vintages, the revisions and the comparison of sources follow.

    table            raw table; the staging view `stg_<table>` has its columns by the same names
    series, unit, price  expressions of the line in these columns
    only             which rows are prices in this unit; all if empty
    cells            columns that, with the month, name one figure of the table
    reference_order  if several sources price one mineral and stage, the lowest is the reference
    has_revisions    its earlier vintages are shown in core.fct_vintage
    compared_with    source that quotes the same goods, and the check in core.reconciliation_price that compares them
#}
{% macro price_sources() -%}
    {{ return([
        {'source_id': 'worldbank_prices', 'table': 'worldbank_prices__monthly', 'series': 'series', 'unit': 'unit',
            'price': 'price', 'cells': ['series'], 'reference_order': 1, 'has_revisions': true},
        {'source_id': 'imf_pcps', 'table': 'imf_pcps__monthly', 'series': 'commodity', 'unit': "'USD/t'", 'price': 'value',
            'only': "transformation = 'USD'", 'cells': ['commodity', 'transformation'], 'reference_order': 2,
            'compared_with': ('worldbank_prices', 'price_pink_sheet_imf')},
    ]) }}
{%- endmacro %}

{# Rows (source_id, reference_order) of the sources of monthly prices. #}
{% macro price_preferences() -%}
    {%- for source in price_sources() -%}
        ('{{ source.source_id }}', {{ source.reference_order }}){{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The columns of a price line, read from a source's rows; `vintage` is the name of that column there. #}
{% macro price_line(source, vintage) -%}
    '{{ source.source_id }}' as source_id,
    {{ source.series }} as series,
    {{ source.unit }} as unit,
    period,
    {{ source.price }} as price,
    {{ vintage }} as vintage,
    _archive_id
{%- endmacro %}
