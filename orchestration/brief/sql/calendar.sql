-- What is due, soonest first, then what took effect last.
select
    next_date,
    case when next_date >= getvariable('today')::date then next_date - getvariable('today')::date end as days_left,
    title,
    case when next_date is null then null when next_date = effective then 'takes effect' when next_date = expires then 'ends' else 'resumes' end as "then",
    replace(kind, '_', ' ') as kind,
    replace(status, '_', ' ') as status,
    announced,
    effective,
    expires,
    replace(minerals, ';', ', ') as minerals,
    confidence,
    source_url
from marts.policy_calendar
order by days_left nulls last, coalesce(effective, announced) desc nulls last, title
limit 60
