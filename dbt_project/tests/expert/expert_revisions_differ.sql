-- A revision changes a figure.
select
    table_name,
    key,
    vintage_from,
    vintage_to
from {{ ref('revisions') }}
where old_value is not distinct from new_value
