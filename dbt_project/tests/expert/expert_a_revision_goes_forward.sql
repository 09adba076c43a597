-- A revision goes from an older vintage to a newer one.
select
    table_name,
    key,
    vintage_from,
    vintage_to
from {{ ref('revisions') }}
where vintage_from >= vintage_to
