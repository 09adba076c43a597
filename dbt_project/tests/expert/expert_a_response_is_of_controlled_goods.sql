-- The response to an export control is measured on goods under it: China licenses compounds of indium, so
-- imports of the metal show nothing about that licence.
select
    response.event_id,
    response.mineral_id,
    response.hs_code,
    event.hs_codes
from {{ ref('control_response') }} as response
inner join {{ ref('fct_policy_event') }} as event on response.event_id = event.event_id
where not array_contains(split(event.hs_codes, ';'), left(response.hs_code, 6))
group by response.event_id, response.mineral_id, response.hs_code, event.hs_codes
