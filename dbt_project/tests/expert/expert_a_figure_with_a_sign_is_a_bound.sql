-- Output printed as less or more than a number is a bound, and that number is no point.
select
    mineral_id,
    stage,
    year,
    edition,
    country_iso3
from {{ ref('world_production') }}
where
    qualifier in ('<', '>')
    and (production_t is not null or world_share is not null or production_low_t = production_high_t)
