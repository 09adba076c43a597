-- No measure is charged before the policy event that puts it into force takes effect, or after that event
-- ends.
select
    measure.measure_id,
    measure.valid_from,
    measure.valid_to,
    event.effective,
    event.expires
from {{ ref('dim_tariff_measure') }} as measure
inner join {{ ref('fct_policy_event') }} as event on measure.event_id = event.event_id
where measure.valid_from < event.effective or measure.valid_to > coalesce(event.expires, date '9999-12-31')
