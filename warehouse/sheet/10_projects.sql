-- Projects, mines and plants that public lists name
select
    mineral_id,
    area_name as area,
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
    listed_on,
    facility_names
from marts.project_pipeline
inner join core.dim_area using (area)
where mineral_id in (select unnest($minerals))
order by mineral_id, list_position(['USA', 'CAN', 'MEX'], area), stage, phase;
