-- Output printed as less than or more than a number is a bound and not a point estimate.
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
