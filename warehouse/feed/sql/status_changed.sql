-- The known status of a measure changed between two publications.
select
    'marts.policy_calendar' as table_name,
    concat(new.event_id, '|', new.last_known_status, '|', coalesce(new.expires::varchar, '')) as key,
    new.known_through as vintage_to,
    new.known_through as day,
    concat(new.title, ': now ', replace(new.last_known_status, '_', ' ')) as title,
    concat_ws(chr(10), new.instrument, new.source_url) as detail,
    concat_ws(', until ', replace(old.last_known_status, '_', ' '), old.expires::varchar) as was,
    concat_ws(', until ', replace(new.last_known_status, '_', ' '), new.expires::varchar) as became,
    new.source_id,
    'calendar' as anchor,
    concat('minerals explain policy_calendar ', new.event_id) as command
from marts.policy_calendar as new
inner join old.marts.policy_calendar as old using (event_id)
where
    new.known_through is not null
    and (old.last_known_status, old.effective, old.expires) is distinct from (new.last_known_status, new.effective, new.expires);
