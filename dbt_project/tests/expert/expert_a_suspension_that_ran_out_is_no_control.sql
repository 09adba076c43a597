-- A control whose suspension has expired is unverified and does not count as in force.
select
    event_id,
    status,
    suspended_to
from {{ ref('policy_calendar') }}
where suspended_to < {{ today() }} and suspended_to > known_through and status = 'in_force'
