-- Adding members to a bloc never raises its dependency.
select
    wider.scenario_id,
    wider.mineral_id,
    wider.year
from {{ ref('bloc_scenario') }} as wider
inner join {{ ref('bloc_scenario') }} as three
    on
        wider.mineral_id = three.mineral_id
        and wider.year = three.year
        and wider.edition = three.edition
        and wider.basis = three.basis
        and three.scenario_id = 'usmca'
where
    wider.scenario_id != 'usmca' and wider.scenario_id like 'usmca%'
    and wider.non_bloc_dependency_pct > three.non_bloc_dependency_pct + 1e-6
