-- Largest suppliers of the United States, from the table to quote. Codes shared by several minerals are
-- excluded.
select
    mineral_id,
    supplier_iso3 as label,
    100 * coalesce(quantity_share, value_share) as pct,
    source_id as source_ids,
    stage,
    concat(year(period), if(basis = 'usgs_four_years', '-' || (year(period) + 3), '')) as period
from marts.import_sources
where area = 'USA' and is_recommended and coalesce(quantity_share, value_share) > 0
qualify row_number() over (partition by mineral_id order by rank, supplier_iso3) <= 7
order by mineral_id, rank, supplier_iso3;
