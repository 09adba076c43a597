-- What each source last gave, so that a reader sees at a glance how fresh a figure can be.
select
    source_id,
    mode,
    vintage,
    fetched_at,
    newest_period,
    expected_next,
    age_days,
    licence,
    citation,
    note,
    cadence,
    subject
from {{ source('raw', 'meta__source_status') }}
order by source_id
