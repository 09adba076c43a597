-- A control that was not looked up since is neither active nor inactive.
select
    distortion.mineral_id,
    distortion.stage,
    distortion.period
from {{ ref('market_distortion') }} as distortion
where
    distortion.export_control_active is not null
    and distortion.period > (select max(events.known_through) from {{ ref('policy_calendar') }} as events)
