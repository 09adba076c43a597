-- Milestones of permits and reviews in a list of projects, and how far each date moved from the first one.
select
    'fast41:' || steps.milestone_id as milestone_id,
    facilities.facility_id,
    steps.action,
    steps.action_status,
    steps.agency,
    steps.milestone,
    steps.is_complete,
    steps.is_not_applicable,
    steps.target_date,
    steps.baseline_date,
    steps.actual_date,
    {{ days_between('steps.baseline_date', 'coalesce(steps.actual_date, steps.target_date)') }}::integer
        as days_late,
    not steps.is_complete
    and not steps.is_not_applicable
    and steps.actual_date is null
    and coalesce(steps.action_status, '')
    not in ('Complete', 'Cancelled', 'Paused', 'Class of Action Changed')
    and facilities.phase = 'permitting'
    and not facilities.is_on_hold as is_open,
    'fast41' as source_id,
    steps.vintage,
    steps._archive_id as archive_id
from {{ ref('stg_fast41__milestone') }} as steps
inner join {{ ref('dim_facility') }} as facilities on 'fast41:' || steps.project_id = facilities.facility_id
