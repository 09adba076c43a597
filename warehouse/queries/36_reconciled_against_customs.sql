-- Where does the reconciled figure of BACI differ most from what US, Canadian or Mexican customs state?
-- BACI weighs the importer's and the exporter's figure and moves goods between codes and countries. Customs
-- name the origin of goods, BACI often the country that shipped them: quote customs for the origin.
select
    flows.reporter_iso3 as importer_iso3,
    flows.partner_iso3 as exporter_iso3,
    flows.mineral_id,
    flows.hs6,
    flows.year,
    flows.importer_value_usd as customs_value_usd,
    flows.baci_value_usd,
    flows.baci_value_usd - flows.importer_value_usd as difference_usd,
    flows.exporter_value_usd,
    flows.coverage,
    flows.source_ids
from marts.mirror_gap as flows
where flows.baci_value_usd is not null
order by
    abs(difference_usd) desc, flows.year desc, importer_iso3 asc, exporter_iso3 asc, flows.hs6 asc;
