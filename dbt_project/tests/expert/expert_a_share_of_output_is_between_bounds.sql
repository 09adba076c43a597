-- The share of the three in world output lies within its bounds.
select
    mineral_id,
    year,
    edition
from {{ ref('processing_gap') }}
where
    mine_share_usmca not between mine_share_usmca_low - 1e-9 and mine_share_usmca_high + 1e-9
    or refinery_share_usmca not between refinery_share_usmca_low - 1e-9 and refinery_share_usmca_high + 1e-9
    or mine_share_usmca_low > mine_share_usmca_high + 1e-9
    or mine_usmca_t > mine_world_t * 1.02
    or refinery_usmca_t > refinery_world_t * 1.02
