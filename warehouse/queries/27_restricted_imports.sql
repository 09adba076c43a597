-- Which part of US imports comes from countries that restrict exports, and is there an agreement with them?
-- The verdict on a mineral is its row to quote, for all forms where USGS prints them together. Other rows are
-- of a single form, such as chromite, and follow where a part of them is restricted.
select
    mineral_id,
    stage,
    case when is_recommended then 'the table to quote' else 'this form only' end as counts_for,
    year(period) as first_year,
    restricted_import_share,
    restricted_import_share_high,
    restricted_world_production_share,
    worst_measure,
    imposers,
    form_imposers,
    agreement_with_largest_imposer,
    known_through,
    coverage
from marts.restricted_supply
where area = 'USA' and basis = 'usgs_four_years' and (is_recommended or restricted_import_share > 0)
qualify period = max(period) over (partition by mineral_id)
order by
    is_recommended desc,
    restricted_import_share desc,
    restricted_import_share_high desc,
    mineral_id asc,
    stage asc;
