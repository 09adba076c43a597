-- Which part of US imports comes from countries that restrict exports, and is there an agreement with them?
select
    mineral_id,
    stage,
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
where area = 'USA' and basis = 'usgs_four_years'
qualify period = max(period) over (partition by mineral_id)
order by restricted_import_share desc, restricted_import_share_high desc, mineral_id asc, stage asc;
