-- A deadline, a review or a ruling is past once its day is over, and is never in force, on whatever day the
-- calendar is built. The test tries the days on which an event can change, and the day of the build.
{%- set changes = [
    'announced', 'effective', 'effective + 1', 'expires', 'expires + 1', 'suspended_to + 1', 'known_through',
    'known_through + 1', today(),
] %}
with days as (
    {%- for change in changes %}
        select ({{ change }})::date as tried_on
        from {{ ref('fct_policy_event') }}
        {{ 'union' if not loop.last }}
    {%- endfor %}
),

tried as (
    select
        events.*,
        days.tried_on
    from {{ ref('fct_policy_event') }} as events
    cross join days
    where days.tried_on is not null
),

statuses as (
    select
        event_id,
        kind,
        tried_on,
        coalesce(expires, effective, announced) as last_day,
        {{ policy_status('tried_on') }} as status
    from tried
)

select
    event_id,
    kind,
    tried_on,
    status
from statuses
where
    kind in ('deadline', 'review', 'ruling', 'statement', 'document', 'investigation')
    and (
        status = 'in_force'
        or (kind not in ('investigation') and (last_day < tried_on) != (status = 'passed'))
    )
