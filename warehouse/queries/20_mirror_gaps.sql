-- Where do an importer and its supplier disagree most on the same flow, after freight is taken off?
-- Flows to or from one of the three, sorted by the difference in dollars, largest first. Only
-- where both sides are held: in the starter for the United Kingdom and Brazil; others come with comtrade.
select
    reporter_iso3,
    partner_iso3,
    hs6,
    year,
    importer_value_usd,
    exporter_value_usd,
    importer_fob_usd,
    importer_fob_usd - exporter_value_usd as difference_usd,
    asymmetry,
    chosen_side,
    reason,
    coverage
from marts.mirror_gap
where
    exporter_value_usd is not null
    and (reporter_iso3 in ('USA', 'CAN', 'MEX') or partner_iso3 in ('USA', 'CAN', 'MEX'))
order by abs(difference_usd) desc, year desc, reporter_iso3 asc, partner_iso3 asc, hs6 asc;
