-- One trade line per frequency, period, reporter, partner, flow, HS code and day of download, for every
-- download that is held. If two files of one day state the same cell, the one with a weight is used.
select
    {{ trade_line({
        'source_id': "'comtrade'",
        'reporter_code': 'reporter_code::string',
        'partner_code': 'partner_code::string',
        'flow': 'flow',
        'hs_code': 'hs_code',
        'nomenclature': "'HS'",
        'period': 'period',
        'period_type': "case freq when 'A' then 'year' when 'M' then 'month' end",
        'value_usd': 'value_usd',
        'net_weight_kg': 'net_weight_kg',
        'vintage': '_vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ vintage_rows('comtrade__trade') }}
qualify row_number() over (
    partition by freq, period, reporter_code, partner_code, flow, hs_code, _vintage
    order by net_weight_kg is null, is_net_weight_estimated, _archive_id
) = 1
