-- Of two producers, the one with the larger output ranks first.
with producers as (
    select
        mineral_id,
        stage,
        year,
        edition,
        source_id,
        max(production) filter (where rank = 1) as first_output,
        max(production) filter (where rank > 1) as next_output
    from {{ ref('world_production') }}
    where not is_world
    group by mineral_id, stage, year, edition, source_id
)

select *
from producers
where first_output < next_output
