-- Where do an importer and its supplier disagree most on the same flow, after freight is taken off?
select
    reporter_iso3,
    partner_iso3,
    hs6,
    year,
    importer_value_usd,
    exporter_value_usd,
    importer_fob_usd,
    asymmetry,
    chosen_side,
    reason,
    coverage
from marts.mirror_gap
order by abs(asymmetry) desc nulls last, year desc, reporter_iso3 asc, partner_iso3 asc, hs6 asc;
