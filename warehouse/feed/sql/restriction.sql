-- A measure, an agreement or a ruling was announced.
select
    'marts.policy_calendar' as table_name,
    event_id as key,
    announced as vintage_to,
    announced as day,
    title,
    concat_ws(
        chr(10),
        instrument,
        'Minerals: ' || nullif(replace(minerals, ';', ', '), ''),
        'In force from ' || effective::varchar,
        'Until ' || expires::varchar,
        'Looked up last on ' || known_through::varchar || ': ' || replace(last_known_status, '_', ' '),
        source_url
    ) as detail,
    null::varchar as was,
    replace(status, '_', ' ') as became,
    source_id,
    'calendar' as anchor,
    concat('minerals explain policy_calendar ', event_id) as command
from marts.policy_calendar
where announced is not null and kind not in ('statement', 'document', 'deadline', 'possible_measure');
