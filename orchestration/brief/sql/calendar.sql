-- What is due, soonest first, then what took effect last.
select
    title,
    kind,
    announced,
    effective,
    expires,
    days_until,
    minerals,
    source_url
from marts.policy_calendar
order by coalesce(days_until, -99999) < 0, abs(days_until), title
limit 60
