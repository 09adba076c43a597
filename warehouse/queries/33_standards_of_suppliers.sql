-- Which suppliers of critical minerals are on the US list of child or forced labor, and who buys there?
-- The list names goods of a country, not mines or firms, so a shipment need not contain goods made in this
-- way. An empty share is not held or not named, and is not zero.
select
    standards.mineral_id,
    standards.stage,
    standards.supplier_name,
    standards.goods_listed,
    case
        when standards.child_labor_listed and standards.forced_labor_listed then 'child and forced labor'
        when standards.child_labor_listed then 'child labor'
        when standards.forced_labor_listed then 'forced labor'
        when standards.derived_listed then concat('made of listed goods of ', origins.name)
    end as listed_for,
    standards.usa_import_share,
    standards.usa_import_year,
    standards.can_import_share,
    standards.mex_import_share,
    standards.world_production_share,
    standards.production_year,
    standards.listed_as_of,
    standards.coverage,
    standards.source_ids
from marts.supplier_standards as standards
inner join core.dim_mineral as minerals on standards.mineral_id = minerals.mineral_id
left join core.dim_country as origins on standards.derived_from_iso3 = origins.iso3
where minerals.is_critical and standards.is_on_labor_list
order by
    standards.world_production_share desc nulls last, standards.usa_import_share desc nulls last,
    standards.mineral_id asc, standards.supplier_name asc;
