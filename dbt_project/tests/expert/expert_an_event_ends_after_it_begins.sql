-- No event ends before it takes effect, and none is suspended before it is announced.
select
    event_id,
    announced,
    effective,
    expires,
    suspended_from,
    suspended_to
from {{ ref('policy_calendar') }}
where
    -- the comment period of a Federal Register document ends before the document takes effect
    source_id = 'policy_events'
    and (expires < effective or suspended_to < suspended_from or suspended_to < announced)
