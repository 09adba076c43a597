-- Members of each what-if bloc, by today's membership.
select distinct
    scenarios.scenario_id,
    scenarios.label,
    coalesce(scenarios.iso3, members.iso3) as iso3
from {{ ref('bloc_scenarios') }} as scenarios
left join {{ ref('dim_bloc_member') }} as members on scenarios.bloc = members.bloc and members.is_member_today
