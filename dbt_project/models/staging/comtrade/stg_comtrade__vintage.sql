-- One row a frequency, period, reporter, partner, flow, HS code and day of download, for every download that
-- is held. If two files of one day state the same cell, the one with a weight is used.
select
    period,
    case freq when 'A' then 'year' when 'M' then 'month' end as period_type,
    reporter_code::string as reporter_code,
    partner_code::string as partner_code,
    flow as flow_code,
    hs_code,
    net_weight_kg,
    value_usd,
    _archive_id,
    _vintage as vintage
from {{ vintage_rows('comtrade__trade') }}
qualify row_number() over (
    partition by freq, period, reporter_code, partner_code, flow, hs_code, _vintage
    order by net_weight_kg is null, is_net_weight_estimated, _archive_id
) = 1
