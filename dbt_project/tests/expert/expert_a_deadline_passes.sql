-- A deadline, a review and a ruling are passed when their day is over; none is in force.
select
    event_id,
    kind,
    status
from {{ ref('policy_calendar') }}
where kind in ('deadline', 'review', 'ruling', 'investigation') and status = 'in_force'
