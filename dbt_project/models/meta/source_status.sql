-- The last data of each source, which shows how recent its figures can be.
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
