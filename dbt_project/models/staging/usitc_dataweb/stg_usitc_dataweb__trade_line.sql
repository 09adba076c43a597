-- US imports from Canada and Mexico by month.
select
    {{ trade_line({
        'source_id': "'usitc_dataweb'",
        'reporter_code': "'1000'",
        'partner_code': 'country_code',
        'flow': "'import'",
        'hs_code': 'hts10',
        'nomenclature': "'HTS'",
        'period': 'period',
        'period_type': "'month'",
        'value_usd': 'consumption_value_usd',
        'value_basis': "'customs'",
        'usmca_value_usd': 'usmca_value_usd',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_usitc_dataweb__usmca_monthly') }}
