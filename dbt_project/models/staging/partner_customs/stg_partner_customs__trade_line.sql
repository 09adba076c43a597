-- Trade of the United Kingdom and Brazil with the three, as stated by their own customs.
select
    {{ trade_line({
        'source_id': "'partner_customs'",
        'reporter_code': 'reporter_iso3',
        'partner_code': 'partner_code',
        'flow': 'flow',
        'hs_code': 'hs_code',
        'nomenclature': 'nomenclature',
        'period': 'period',
        'period_type': "'month'",
        'value_usd': 'value_usd',
        'value_basis': "case when flow = 'import' and reporter_iso3 = 'GBR' then 'cif' else 'fob' end",
        'quantity': 'net_weight_kg',
        'quantity_unit': "'kg'",
        'net_weight_kg': 'net_weight_kg',
        'is_net_weight_estimated': 'false',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_partner_customs__trade') }}
