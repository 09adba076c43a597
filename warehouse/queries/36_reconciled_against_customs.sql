-- Where does the reconciled figure of BACI differ most from what US, Canadian or Mexican customs state?
-- BACI weighs the importer's and the exporter's figure and moves goods between codes and countries. Customs
-- name the origin of goods, BACI often the country that shipped them: quote customs for the origin.
with minerals as (
    -- the mineral of a code is the one that makes up most of it; a code of several minerals has none
    select
        hs_code,
        arg_max(mineral_id, weight_mid) as mineral_id
    from core.dim_product
    where not is_allocation_only and weight_mid > 0.5
    group by hs_code
)

select
    flows.reporter_iso3 as importer_iso3,
    flows.partner_iso3 as exporter_iso3,
    minerals.mineral_id,
    flows.hs6,
    flows.year,
    flows.importer_value_usd as customs_value_usd,
    flows.baci_value_usd,
    flows.baci_value_usd - flows.importer_value_usd as difference_usd,
    flows.exporter_value_usd,
    flows.coverage,
    flows.source_ids
from marts.mirror_gap as flows
left join minerals on flows.hs6 = minerals.hs_code
where flows.baci_value_usd is not null
order by
    abs(difference_usd) desc, flows.year desc, importer_iso3 asc, exporter_iso3 asc, flows.hs6 asc;
