-- No share passes 1, and named countries with those not listed never pass it together by more than rounding.
select
    edition,
    mineral_id,
    stage,
    year,
    max(world_share) as largest_share,
    sum(world_share) filter (where not is_world) as all_shares
from {{ ref('world_production') }}
group by edition, mineral_id, stage, year
having max(world_share) > 1 or sum(world_share) filter (where not is_world) > 1.06
