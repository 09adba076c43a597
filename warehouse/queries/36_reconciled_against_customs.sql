-- Where does the reconciled figure of BACI differ most from what US, Canadian or Mexican customs state?
select
    reporter_iso3,
    partner_iso3,
    hs6,
    year,
    importer_value_usd,
    baci_value_usd,
    baci_value_usd - importer_value_usd as difference_usd,
    baci_to_importer_ratio,
    exporter_value_usd,
    reason,
    source_ids
from marts.mirror_gap
where baci_value_usd is not null
order by abs(difference_usd) desc, year desc, reporter_iso3 asc, partner_iso3 asc, hs6 asc;
