-- A source reaches a newer month or year.
select
    'meta.source_status' as table_name,
    source_id as key,
    newest_period as vintage_to,
    vintage as day,
    concat('Figures of ', source_id, ' go to ', strftime(newest_period, '%B %Y')) as title,
    concat('Cited as: ', coalesce(citation, source_id)) as detail,
    null::varchar as was,
    newest_period::varchar as became,
    source_id,
    'freshness' as anchor,
    'minerals status' as command
from meta.source_status
where newest_period is not null and vintage is not null;
