-- Where is ore exported while the refined form is imported, so that processing at home would close a gap?
select
    mineral_id,
    year,
    usa_ore_exports_t,
    usa_ore_basis,
    usa_refined_imports_t,
    usa_refined_basis,
    mine_share_usmca,
    refinery_share_usmca,
    processing_deficit_pp,
    consumption_area,
    consumption_gap_t,
    coverage
from marts.processing_gap
where usa_ore_exports_t > 0 and usa_refined_imports_t > 0
qualify row_number() over (partition by mineral_id order by year desc) = 1
order by processing_deficit_pp desc nulls last, mineral_id asc;
