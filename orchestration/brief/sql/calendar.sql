-- What is due, soonest first, then what took effect last.
select
    next_date,
    case when next_date >= getvariable('today') then next_date - getvariable('today') end as days_left,
    title,
    kind,
    status,
    announced,
    effective,
    expires,
    minerals,
    confidence,
    source_url
from marts.policy_calendar
order by days_left nulls last, coalesce(effective, announced) desc nulls last, title
limit 60
