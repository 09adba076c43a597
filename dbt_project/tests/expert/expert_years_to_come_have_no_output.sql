-- A year to come has a capacity of the world and no output, and growth is counted from a year that is none.
select
    mineral_id,
    stage,
    country_iso3,
    year
from {{ ref('capacity_outlook') }}
where
    (is_outlook and (production is not null or country_iso3 != 'WLD' or base_year >= year))
    or (not is_outlook and world_growth_pct is not null)
