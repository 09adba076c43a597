-- One row per frequency, period, reporter, partner, flow and HS code. Two downloads may state the same cell.
-- The newer vintage is used and, of two from the same day, the one with a weight.
with source as (
    select * from {{ current_rows('comtrade__trade', ['freq', 'period', 'reporter_code']) }}
)

select
    period,
    case freq when 'A' then 'year' when 'M' then 'month' end as period_type,
    reporter_code::string as reporter_code,
    partner_code::string as partner_code,
    flow as flow_code,
    hs_code,
    hs_level,
    classification as nomenclature,
    quantity,
    quantity_unit,
    is_quantity_estimated,
    net_weight_kg,
    is_net_weight_estimated,
    cif_value_usd,
    fob_value_usd,
    value_usd,
    is_reported,
    _archive_id,
    _vintage as vintage
from source
qualify row_number() over (
    partition by freq, period, reporter_code, partner_code, flow, hs_code
    order by _vintage desc, net_weight_kg is null asc, is_net_weight_estimated asc, _archive_id asc
) = 1
