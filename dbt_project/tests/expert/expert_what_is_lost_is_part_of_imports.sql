-- The loss of a mineral does not exceed its imports, and the losses of all suppliers together do not exceed
-- them.
select
    scenario_id,
    mineral_id,
    year,
    sum(lost_share) as lost_share
from {{ ref('disruption_scenario') }}
where scenario_id = 'usa_embargo'
group by scenario_id, mineral_id, year
having sum(lost_share) > 1 + 1e-6 or max(lost_t - base_t) > 1e-6 * max(base_t)
