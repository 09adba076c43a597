-- A deadline, a review and a ruling are passed when their day is over; none is in force, on whatever day the
-- calendar is built: the days on which an event can change are tried, and the build's own.
with days as (
    select unnest([
        announced, effective, effective + 1, expires, expires + 1, suspended_to + 1, known_through, known_through + 1,
        {{ today() }}
    ])::date as day
    from {{ ref('fct_policy_event') }}
),

statuses as (
    select
        event_id,
        kind,
        days.day,
        coalesce(expires, effective, announced) as last_day,
        {{ policy_status('days.day') }} as status
    from {{ ref('fct_policy_event') }}
    cross join (select distinct day from days where day is not null) as days
)

select
    event_id,
    kind,
    day,
    status
from statuses
where
    kind in ('deadline', 'review', 'ruling', 'statement', 'document', 'investigation')
    and (
        status = 'in_force'
        or (kind not in ('investigation') and (last_day < day) != (status = 'passed'))
    )
