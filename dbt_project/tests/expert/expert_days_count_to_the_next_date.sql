-- Days are counted to the next date, which is never in the past.
select
    event_id,
    next_date,
    days_until
from {{ ref('policy_calendar') }}
where (next_date is null) != (days_until is null) or days_until < 0
