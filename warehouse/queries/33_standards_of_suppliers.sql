-- Which suppliers of critical minerals stand on the US list of child or forced labor, and who buys there?
select
    standards.mineral_id,
    standards.stage,
    standards.supplier_name,
    standards.goods_listed,
    standards.child_labor_listed,
    standards.forced_labor_listed,
    standards.derived_from_iso3,
    standards.wgi_estimate,
    standards.restricts_exports,
    standards.has_agreement,
    standards.usa_import_share,
    standards.usa_import_year,
    standards.can_import_share,
    standards.mex_import_share,
    standards.world_production_share,
    standards.production_year,
    standards.listed_as_of,
    standards.coverage
from marts.supplier_standards as standards
inner join core.dim_mineral as minerals on standards.mineral_id = minerals.mineral_id
where minerals.is_critical and standards.is_on_labor_list
order by
    standards.world_production_share desc nulls last, standards.usa_import_share desc nulls last,
    standards.mineral_id asc, standards.supplier_name asc;
