-- No share exceeds 1, and the shares of listed and unlisted countries together do not exceed 1 beyond
-- floating-point error. If a rounded total is less than the sum of its parts, shares are not computed from
-- that total.
select
    edition,
    mineral_id,
    stage,
    year,
    max(world_share) as largest_share,
    sum(world_share) filter (where not is_world) as all_shares
from {{ ref('world_production') }}
group by edition, mineral_id, stage, year
having max(world_share) > 1 or sum(world_share) filter (where not is_world) > 1.000001
