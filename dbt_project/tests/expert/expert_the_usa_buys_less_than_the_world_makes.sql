{{ config(severity='warn') }}
-- US imports and consumption of a metal are less than world output. A larger figure is in another unit.
select
    mineral_id,
    year,
    edition,
    usa_refined_imports_t,
    consumption_t,
    mine_world_t,
    refinery_world_t
from {{ ref('processing_gap') }}
where
    usa_refined_imports_t > refinery_world_t
    or consumption_t > greatest(mine_world_t, refinery_world_t)
