{{ config(severity='warn') }}
-- The USA imports and uses less of a metal than the world makes: more is another unit.
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
