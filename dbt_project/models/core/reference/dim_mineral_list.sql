-- One row per list and mineral: the dates on which the mineral joined and left the list.
select
    list_id,
    mineral_id,
    valid_from,
    valid_to
from {{ ref('mineral_lists') }}
