{{ config(severity='warn') }}
-- Reserves of a country do not exceed those of the world in the same edition.
select
    country.mineral_id,
    country.stage,
    country.year,
    country.edition,
    country.country_iso3
from {{ ref('world_production') }} as country
inner join {{ ref('world_production') }} as world
    on
        country.mineral_id = world.mineral_id
        and country.stage = world.stage
        and country.year = world.year
        and country.edition = world.edition
        and country.source_id = world.source_id
        and world.is_world
where not country.is_world and country.reserves_t > world.reserves_t * 1.02
