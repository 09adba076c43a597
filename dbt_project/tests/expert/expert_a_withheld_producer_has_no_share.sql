-- A country without an output figure has neither share nor rank.
select
    mineral_id,
    stage,
    year,
    edition,
    country_iso3
from {{ ref('world_production') }}
where production is null and (world_share is not null or rank is not null)
