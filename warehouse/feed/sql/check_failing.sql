-- A check that passed in the previous publication fails.
select
    'meta.data_quality' as table_name,
    check_id as key,
    last_run::date as vintage_to,
    last_run::date as day,
    concat('Check ', check_id, ' fails') as title,
    concat_ws(chr(10), 'Table ' || table_name, message) as detail,
    'passed' as was,
    'failed' as became,
    null::varchar as source_id,
    'freshness' as anchor,
    concat('minerals failures ', check_id) as command
from meta.data_quality
where not passed and check_id in (select check_id from old.meta.data_quality where passed);
