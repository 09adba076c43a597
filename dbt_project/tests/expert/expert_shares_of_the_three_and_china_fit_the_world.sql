-- Output of the three and China together does not exceed that of the world.
select
    mineral_id,
    year,
    edition
from {{ ref('processing_gap') }}
where mine_share_usmca_low + mine_share_china > 1.02 or refinery_share_usmca_low + refinery_share_china > 1.02
