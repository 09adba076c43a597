-- Where does an exporter state far more than the importer names as made there, so that goods are passed on?
-- Only where both sides are held: in the starter for exports of the United Kingdom and Brazil; others come
-- with comtrade.
select
    reporter_iso3 as importer,
    partner_iso3 as exporter,
    hs6,
    year,
    exporter_value_usd,
    importer_value_usd,
    exporter_own_imports_usd,
    likely_re_export_usd,
    asymmetry,
    source_ids
from marts.mirror_gap
where
    likely_re_export_usd is not null
    and (reporter_iso3 in ('USA', 'CAN', 'MEX') or partner_iso3 in ('USA', 'CAN', 'MEX'))
order by likely_re_export_usd desc, importer asc, exporter asc, hs6 asc;
