-- No share exceeds 1, and the shares of named countries and of those not listed never add up to more than 1
-- beyond errors of addition: a rounded total below the sum of its parts is not the one divided by.
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
