-- Upcoming dates, soonest first, then the measures that took effect most recently.
with clock as (
    select getvariable('today')::date as today
)

select
    events.next_date,
    case when events.next_date >= clock.today then events.next_date - clock.today end as days_left,
    events.title,
    events.concerns_minerals,
    events.next_step as "then",
    replace(events.kind, '_', ' ') as kind,
    replace(events.status, '_', ' ') as status,
    replace(events.last_known_status, '_', ' ') as "last known",
    events.known_through,
    events.announced,
    events.effective,
    events.expires,
    replace(events.minerals, ';', ', ') as minerals,
    events.confidence,
    events.note,
    events.source_url
from marts.policy_calendar as events
cross join clock
order by
    days_left nulls last, events.next_rank, coalesce(events.effective, events.announced) desc nulls last, events.title
limit 60
