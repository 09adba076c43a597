-- Where does the reconciled figure of BACI differ most from what US, Canadian or Mexican customs state?
-- BACI weighs the importer's and the exporter's figure and moves goods between codes and countries. Customs
-- name the origin of goods, BACI often the country that shipped them: quote customs for the origin. The
-- percentage of a difference is that of what customs state. Differences of less than USD 100 000 or five
-- percent come last.
select
    flows.reporter_iso3 as importer_iso3,
    flows.partner_iso3 as exporter_iso3,
    flows.mineral_id,
    flows.hs6,
    flows.year,
    flows.importer_value_usd as customs_value_usd,
    flows.baci_value_usd,
    flows.baci_value_usd - flows.importer_value_usd as difference_usd,
    round(100.0 * difference_usd / nullif(flows.importer_value_usd, 0), 1) as difference_pct,
    flows.exporter_value_usd,
    flows.coverage,
    flows.source_ids
from marts.mirror_gap as flows
where flows.baci_value_usd is not null
order by
    abs(difference_usd) < 1e5 or abs(difference_usd) < 0.05 * flows.importer_value_usd asc,
    abs(difference_usd) desc,
    flows.year desc,
    importer_iso3 asc,
    exporter_iso3 asc,
    flows.hs6 asc;
