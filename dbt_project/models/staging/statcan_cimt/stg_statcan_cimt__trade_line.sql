-- Trade of Canada by month, in US dollars at the month's mean rate. Without a rate the value stays in
-- Canadian dollars and the line has a flag.
select
    {{ trade_line({
        'source_id': "'statcan_cimt'",
        'reporter_code': "'CA'",
        'partner_code': 'trade.country_code',
        'flow': 'trade.flow',
        'hs_code': 'trade.hs_code',
        'nomenclature': "'CIMT'",
        'period': 'trade.period',
        'period_type': "'month'",
        'value_usd': 'trade.value_cad / rates.cad_per_usd',
        'value_native': 'trade.value_cad::double',
        'currency': "'CAD'",
        'value_basis': "case trade.flow when 'import' then 'customs' else 'fob' end",
        'quantity': 'trade.quantity',
        'quantity_unit': 'trade.quantity_unit',
        'net_weight_kg': 'trade.net_weight_kg',
        'is_net_weight_estimated': 'false',
        'content_kg': 'trade.content_kg',
        'quality_flag': "case when trade.value_cad is null then 'value_withheld'"
            ~ " when rates.cad_per_usd is null then 'fx_rate_missing' end",
        'vintage': 'trade.vintage',
        'archive_id': 'trade._archive_id',
    }) }}
from {{ ref('stg_statcan_cimt__flow') }} as trade
left join {{ ref('stg_boc_fx__monthly') }} as rates on trade.period = rates.period
