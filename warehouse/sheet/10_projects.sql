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
        when gap_reason != 'processing_listed' then replace(gap_reason, '_', ' ')
    end as gap,
    next_milestone,
    next_milestone_on,
    nullif(regexp_extract(areas_listed, area || ': ([^;]*)', 1), '') as listed_in,
    listed_on,
    -- a line shows six names; marts.project_pipeline has all
    concat_ws(
        '; ',
        array_to_string(string_split(facility_names, '; ')[:6], '; '),
        'and ' || nullif(greatest(len(string_split(facility_names, '; ')) - 6, 0), 0) || ' more'
    ) as facility_names
from marts.project_pipeline
inner join core.dim_area using (area)
where mineral_id in (select unnest($minerals))
order by mineral_id, list_position(['USA', 'CAN', 'MEX'], area), stage, phase;
