-- US imports by year.
select
    {{ trade_line({
        'source_id': "'census_api'",
        'reporter_code': "'1000'",
        'partner_code': 'country_code',
        'flow': "'import'",
        'hs_code': 'hts10',
        'nomenclature': "'HTS'",
        'period': 'period',
        'period_type': "'year'",
        'value_usd': 'consumption_value_usd::double',
        'value_basis': "'customs'",
        'general_value_usd': 'general_value_usd',
        'dutiable_usd': 'dutiable_value_usd',
        'calculated_duty_usd': 'calculated_duty_usd',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_census_api__imports_annual') }}
