{{ config(severity='warn') }}
-- No control is in force after the day on which its sources were last checked.
select
    event_id,
    status,
    known_through
from {{ ref('policy_calendar') }}
where
    status = 'in_force'
    and known_through < {{ today() }}
    and coalesce(next_date, date '1900-01-01') <= {{ today() }}
