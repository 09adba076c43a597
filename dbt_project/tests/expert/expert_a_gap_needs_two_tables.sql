-- A processing deficit is stated only if both the mine table and the refinery table are held.
select
    mineral_id,
    year,
    edition
from {{ ref('processing_gap') }}
where
    (processing_deficit_pp is not null and (mine_share_usmca is null or refinery_share_usmca is null))
    or processing_deficit_low_pp > processing_deficit_high_pp + 1e-9
