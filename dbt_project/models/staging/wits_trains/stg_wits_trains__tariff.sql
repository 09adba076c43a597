-- One row per reporter, partner, HS6 code, year and kind of rate.
select
    reporter as reporter_code,
    partner as partner_code,
    hs6,
    year,
    tariff_type,
    nomenclature,
    average_rate_pct,
    min_rate_pct,
    max_rate_pct,
    lines,
    mfn_lines,
    preferential_lines,
    non_ad_valorem_lines,
    _archive_id,
    _vintage as vintage
from {{ current_rows('wits_trains__tariff', cells=['reporter', 'partner', 'hs6', 'year', 'tariff_type']) }}
