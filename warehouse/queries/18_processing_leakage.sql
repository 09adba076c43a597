-- Where is ore exported while the refined form is imported, so that processing at home would close a gap?
-- The deficit is the three's share of world mine output minus their share of refinery output, with bounds.
-- Without a published table of refineries it is not known; then only ore exports and refined imports show
-- that material leaves and returns. Ore exports below a hundredth of refined imports close no gap.
select
    mineral_id,
    year,
    usa_ore_exports_t,
    usa_ore_basis,
    usa_refined_imports_t,
    usa_refined_basis,
    mine_share_usmca_low,
    mine_share_usmca_high,
    refinery_stage,
    refinery_source_id,
    refinery_share_usmca_low,
    refinery_share_usmca_high,
    processing_deficit_low_pp,
    processing_deficit_high_pp,
    consumption_area,
    consumption_gap_t,
    coverage
from marts.processing_gap
where usa_ore_exports_t >= 0.01 * usa_refined_imports_t and usa_refined_imports_t > 0
qualify row_number() over (partition by mineral_id order by year desc) = 1
order by processing_deficit_low_pp desc nulls last, usa_ore_exports_t desc, mineral_id asc;
