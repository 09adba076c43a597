-- Where does the reconciled figure of BACI differ most from what US, Canadian or Mexican customs state?
-- BACI weighs the importer's and the exporter's figure and moves goods between codes and countries. Customs
-- name the origin of goods, BACI often the country that shipped them: quote customs for the origin. The
-- percentage of a difference is that of what customs state; from ten times on it is empty and baci_times
-- says how many times as much BACI has. Differences of less than USD 100 000 or five percent come last.
select
    flows.reporter_iso3 as importer_iso3,
    flows.partner_iso3 as exporter_iso3,
    flows.mineral_id,
    flows.hs6,
    flows.year,
    flows.importer_value_usd as customs_value_usd,
    flows.baci_value_usd,
    flows.baci_value_usd - flows.importer_value_usd as difference_usd,
    case
        when flows.baci_value_usd < 10 * flows.importer_value_usd
            then round(100.0 * difference_usd / nullif(flows.importer_value_usd, 0), 1)
    end as difference_pct,
    case
        when flows.baci_value_usd >= 10 * flows.importer_value_usd and flows.importer_value_usd > 0
            then round(flows.baci_value_usd / flows.importer_value_usd)
    end as baci_times,
    flows.exporter_value_usd,
    -- whether the partner's own exports are held does not matter here
    if(flows.coverage = 'exporter_not_held', 'complete', flows.coverage) as coverage,
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
