-- A control whose suspension has lapsed with nothing known later is neither in force nor absent in the list
-- of export restrictions: it is unknown from the day after the suspension.
select
    events.event_id,
    events.suspended_to,
    restrictions.unknown_since,
    restrictions.is_in_force
from {{ ref('policy_calendar') }} as events
inner join {{ ref('dim_mineral') }} as minerals
    on array_contains(split(events.minerals, ';'), minerals.mineral_id)
left join {{ ref('fct_export_restriction') }} as restrictions
    on
        events.event_id = restrictions.policy_event_id
        and minerals.mineral_id = restrictions.mineral_id
        and restrictions.listed_by = 'policy_events'
        and events.suspended_to < restrictions.valid_from
where
    events.status = 'suspension_lapsed_unverified'
    and events.kind = 'export_control'
    and (
        restrictions.is_in_force is not null
        or restrictions.unknown_since is distinct from (events.suspended_to + 1)::date
    )
