-- Imports and exports of the United Kingdom and Brazil by partner, code and month.
select
    reporter_iso3,
    partner_code,
    flow,
    hs_code,
    nomenclature,
    period,
    value_usd,
    net_weight_kg,
    _archive_id,
    _vintage as vintage
from {{ current_rows('partner_customs__trade', cells=['reporter_iso3', 'period']) }}
