-- General imports by month, from the World and from China only. The weight is null where the quantity cannot
-- be used for unit values.
select
    {{ trade_line({
        'source_id': "'census_months'",
        'reporter_code': "'1000'",
        'partner_code': 'country_code',
        'flow': "'import'",
        'hs_code': 'hts10',
        'nomenclature': "'HTS'",
        'period': 'period',
        'period_type': "'month'",
        'value_usd': 'general_value_usd::double',
        'value_basis': "'customs'",
        'general_value_usd': 'general_value_usd',
        'quantity': 'quantity',
        'quantity_unit': 'quantity_unit',
        'net_weight_kg': 'net_weight_kg',
        'is_net_weight_estimated': 'false',
        'quality_flag': "case when quantity_status != 'stated' then 'quantity_' || quantity_status end",
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_census_months__imports') }}
