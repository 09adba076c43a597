-- Where is ore exported while the refined form is imported, so that processing at home would close a gap?
-- The deficit is what the three mine of the world less what they refine of it, between bounds; where no
-- table of refineries is published it is not known, and ore exports and refined imports alone say that
-- material leaves and comes back. Exports of less than a hundredth of the imports close no gap.
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
