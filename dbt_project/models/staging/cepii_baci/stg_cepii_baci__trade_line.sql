-- BACI states one reconciled flow, which becomes an import of the importer.
select
    {{ trade_line({
        'source_id': "'cepii_baci'",
        'reporter_code': 'importer_code',
        'partner_code': 'exporter_code',
        'flow': "'import'",
        'hs_code': 'hs_code',
        'nomenclature': 'nomenclature',
        'period': 'period',
        'period_type': "'year'",
        'value_usd': 'value_usd',
        'value_basis': "'fob'",
        'quantity': 'quantity_t',
        'quantity_unit': "'t'",
        'net_weight_kg': 'quantity_t * 1000',
        'is_net_weight_estimated': 'false',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_cepii_baci__trade') }}
