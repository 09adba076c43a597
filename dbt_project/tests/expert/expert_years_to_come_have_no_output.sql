-- A future year has world capacity and no output, and growth is measured from a year that is not in the
-- future.
select
    mineral_id,
    stage,
    country_iso3,
    year
from {{ ref('capacity_outlook') }}
where
    (is_outlook and (production is not null or country_iso3 != 'WLD' or base_year >= year))
    or (not is_outlook and world_growth_pct is not null)
