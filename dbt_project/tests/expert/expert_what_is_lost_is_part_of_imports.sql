-- Of one mineral no more is lost than is imported, and all suppliers together lose at most all of it.
select
    scenario_id,
    mineral_id,
    year,
    sum(lost_share) as lost_share
from {{ ref('disruption_scenario') }}
where scenario_id = 'usa_embargo'
group by scenario_id, mineral_id, year
having sum(lost_share) > 1 + 1e-6 or max(lost_t - base_t) > 1e-6 * max(base_t)
