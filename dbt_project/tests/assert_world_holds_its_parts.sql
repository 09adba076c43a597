{{ config(severity='warn') }}
-- World totals that are smaller than the sum of the listed countries by more than rounding. Either the total
-- or a part is wrong, so no share of such a total is stated.
select distinct
    edition,
    mineral_id,
    stage,
    year
from {{ ref('world_production') }}
where coverage = 'world_total_contradicted'
