-- Which sectors use the minerals the USA depends on most, and how much of that supply is restricted?
-- The rank is by dependency alone: USGS names the uses of a mineral without quantities, so a minor use of a
-- mineral that is wholly imported may rank first.
select
    sector_id,
    mineral_id,
    rank_in_sector,
    use_text,
    measured_as,
    use_stage,
    extra_bloc_dependency_low_pct,
    extra_bloc_dependency_high_pct,
    china_import_share_pct,
    supplier_period,
    china_value_share_of_year_pct,
    restricted_import_share,
    days_of_cover,
    coverage
from marts.end_use_exposure
where area = 'USA' and rank_in_sector <= 5
order by sector_id asc, rank_in_sector asc;
