-- No country ranks first among producers in a table that does not assign most of the world's output to
-- countries.
select
    leader.mineral_id,
    leader.stage,
    leader.year,
    leader.edition,
    leader.country_iso3,
    leader.world_share
from {{ ref('world_production') }} as leader
inner join {{ ref('world_production') }} as unnamed
    on
        leader.mineral_id = unnamed.mineral_id
        and leader.stage = unnamed.stage
        and leader.year = unnamed.year
        and leader.edition = unnamed.edition
        and unnamed.country_iso3 = 'ZZZ'
where leader.rank = 1 and (unnamed.world_share > 0.51 or unnamed.qualifier = 'NA')
