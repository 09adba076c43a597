{{ config(severity='warn') }}
-- World totals that the countries listed exceed by more than rounding: one of them is wrong, so no share of
-- such a total is stated.
select distinct
    edition,
    mineral_id,
    stage,
    year
from {{ ref('world_production') }}
where coverage = 'world_total_contradicted'
