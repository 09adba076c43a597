-- Origin and age of the figures of each source.
select
    source_id as source,
    mode,
    vintage,
    newest_period,
    expected_next,
    age_days,
    note
from meta.source_status
order by source_id
