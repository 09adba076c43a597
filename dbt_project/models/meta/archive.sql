-- The manifest: one row per publisher's file behind figures in this warehouse.
select
    archive_id,
    source_id,
    name,
    partition,
    vintage,
    publisher,
    edition,
    url,
    licence,
    bytes,
    fetched_at,
    etag,
    last_modified,
    mode,
    withdrawn_at,
    withdrawn_reason,
    dropped_at
from {{ source('raw', 'meta__archive') }}
order by source_id, partition, vintage, archive_id
