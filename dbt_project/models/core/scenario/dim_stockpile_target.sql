-- Days of consumption that a joint stockpile would hold.
select
    target_days::integer as target_days,
    note
from {{ ref('stockpile_targets') }}
