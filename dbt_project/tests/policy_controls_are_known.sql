-- No control is active after the evidence ends unless the act states its last day, nor after a suspension
-- whose end was not checked.
select
    control.event_id,
    control.mineral_id,
    control.active_to
from {{ ref('bridge_export_control') }} as control
inner join {{ ref('fct_policy_event') }} as event on control.event_id = event.event_id
where
    (event.expires is null and control.active_to > event.known_through)
    or (event.suspended_to >= event.known_through and control.active_to > event.suspended_from)
