-- Projects, mines and plants that public lists name
select
    area,
    stage,
    phase,
    n_facilities as facilities,
    n_on_hold as on_hold,
    subdivisions as provinces_or_states,
    case
        when gap_without_project then 'over half from outside, no processing listed'
        else replace(gap_reason, '_', ' ')
    end as gap,
    next_milestone,
    next_milestone_on,
    areas_listed,
    listed_on
from marts.project_pipeline
where mineral_id = $mineral
order by area, stage, phase;
