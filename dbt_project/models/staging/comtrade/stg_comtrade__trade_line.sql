-- Trade as each reporter states it, by month and year. A FOB value of zero with a positive primary value
-- means not stated.
select
    {{ trade_line({
        'source_id': "'comtrade'",
        'reporter_code': 'reporter_code',
        'partner_code': 'partner_code',
        'flow': "case flow_code when 'M' then 'import' when 'X' then 'export' when 'RX' then 're_export'"
            ~ " when 'RM' then 're_import' end",
        'hs_code': 'hs_code',
        'nomenclature': 'nomenclature',
        'period': 'period',
        'period_type': 'period_type',
        'value_usd': 'value_usd',
        'value_basis': "case when flow_code in ('M', 'RM') and cif_value_usd = value_usd then 'cif' else 'fob' end",
        'fob_value_usd': 'case when fob_value_usd > 0 or value_usd = 0 then fob_value_usd end',
        'quantity': 'quantity',
        'quantity_unit': 'quantity_unit',
        'net_weight_kg': 'net_weight_kg',
        'is_net_weight_estimated': 'is_net_weight_estimated',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_comtrade__trade') }}
