-- A control is neither active nor inactive after the day on which it was last checked, unless its act states
-- a later last day.
select
    distortion.mineral_id,
    distortion.stage,
    distortion.period,
    distortion.export_control_active,
    distortion.source_ids,
    distortion.archive_id
from {{ ref('market_distortion') }} as distortion
left join {{ ref('bridge_export_control') }} as stated
    on
        distortion.export_control_active
        and distortion.mineral_id = stated.mineral_id
        and stated.unknown_from is null
        and distortion.period <= stated.active_to
where
    distortion.export_control_active is not null
    and stated.event_id is null
    and distortion.period > (select max(events.known_through) from {{ ref('policy_calendar') }} as events)
