-- One row a list and mineral: since when and until when the mineral was on the list.
select
    list_id,
    mineral_id,
    valid_from,
    valid_to
from {{ ref('mineral_lists') }}
