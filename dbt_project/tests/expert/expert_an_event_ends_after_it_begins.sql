-- Nothing ends before it takes effect, nor is suspended before it is announced.
select
    event_id,
    announced,
    effective,
    expires,
    suspended_from,
    suspended_to
from {{ ref('policy_calendar') }}
where
    -- a document of the Federal Register closes for comments before it takes effect
    source_id = 'policy_events'
    and (expires < effective or suspended_to < suspended_from or suspended_to < announced)
