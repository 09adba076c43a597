-- Milestones of permits and reviews of mining projects on the Federal Permitting Dashboard.
select
    milestone_id,
    project_id,
    action_id,
    action,
    action_status,
    agency,
    milestone,
    is_complete,
    is_not_applicable,
    target_date,
    baseline_date,
    actual_date,
    _archive_id,
    _vintage as vintage
from {{ current_rows('fast41__milestone') }}
