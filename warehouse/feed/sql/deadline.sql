-- A day is 30, 7 or 1 days away.
select
    'marts.policy_calendar' as table_name,
    concat(event_id, '|', ahead.days) as key,
    next_date as vintage_to,
    next_date - ahead.days as day,
    concat(if(ahead.days = 1, 'One day', ahead.days || ' days'), ' to ', strftime(next_date, '%-d %B %Y'), ': ', title)
        as title,
    concat_ws(chr(10), instrument, source_url) as detail,
    null::varchar as was,
    next_date::varchar as became,
    source_id,
    'calendar' as anchor,
    concat('minerals explain policy_calendar ', event_id) as command
from marts.policy_calendar
cross join (select unnest([30, 7, 1])::integer as days) as ahead
where next_date >= getvariable('today') and next_date - ahead.days <= getvariable('today');
