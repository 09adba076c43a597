-- One trade line per month, flow, code, partner and vintage, for every vintage that is held.
with imports as (
    select
        period,
        'import' as flow,
        hts10 as hs_code,
        cty_code as country_code,
        consumption_value_usd as value_usd,
        _archive_id,
        _vintage as vintage
    from {{ vintage_rows('census_bulk__imports') }}
),

exports as (
    select
        period,
        'export' as flow,
        schedule_b as hs_code,
        cty_code as country_code,
        value_usd,
        _archive_id,
        _vintage as vintage
    from {{ vintage_rows('census_bulk__exports') }}
),

lines as (
    select * from imports
    union all
    select * from exports
)

select
    {{ trade_line({
        'source_id': "'census_bulk'",
        'reporter_code': "'1000'",
        'partner_code': 'country_code',
        'flow': 'flow',
        'hs_code': 'hs_code',
        'nomenclature': "case flow when 'import' then 'HTS' else 'Schedule B' end",
        'period': 'period',
        'period_type': "'month'",
        'value_usd': 'sum(value_usd)::bigint::double',
        'vintage': 'vintage',
        'archive_id': 'min(_archive_id)',
    }) }}
from lines
group by period, flow, hs_code, country_code, vintage
