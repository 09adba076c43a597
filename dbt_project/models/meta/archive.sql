-- The manifest: one row a publisher's file that figures in this warehouse rest on.
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
    mode
from {{ source('raw', 'meta__archive') }}
order by source_id, partition, vintage, archive_id
