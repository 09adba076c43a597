-- Rows that broke the contract of their source's table: kept, with the reason, and in no figure.
select
    source_id,
    table_name,
    archive_id,
    reason,
    row
from {{ source('raw', 'meta__quarantine') }}
order by source_id, table_name, archive_id, reason, row::string
