-- Largest suppliers of the United States according to USGS, otherwise by value of all imports of the mineral.
with newest as (
    select *
    from marts.import_sources
    where area = 'USA' and period_type != 'month' and basis in ('usgs_four_years', 'baci', 'customs_value')
    qualify
        dense_rank() over (
            partition by mineral_id
            order by
                list_position(['usgs_four_years', 'baci', 'customs_value'], basis),
                list_position(['all_forms', 'refined_metal', 'compound', 'ore_concentrate'], stage),
                stage,
                period desc
        ) = 1
)

select
    mineral_id,
    supplier_iso3 as label,
    100 * coalesce(quantity_share, value_share) as pct,
    source_id as source_ids
from newest
where coalesce(quantity_share, value_share) > 0
qualify row_number() over (partition by mineral_id order by rank, supplier_iso3) <= 7
order by mineral_id, rank, supplier_iso3;
