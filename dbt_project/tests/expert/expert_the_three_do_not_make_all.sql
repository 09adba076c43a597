{{ config(severity='warn') }}
-- The three never mine or refine the entire world output of a mineral.
select
    mineral_id,
    year,
    edition,
    mine_share_usmca_low,
    refinery_share_usmca_low
from {{ ref('processing_gap') }}
where mine_share_usmca_low > 0.95 or refinery_share_usmca_low > 0.95
