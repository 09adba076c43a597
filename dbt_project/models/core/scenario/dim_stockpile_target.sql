-- Days of consumption in a joint stockpile.
select
    target_days::integer as target_days,
    note
from {{ ref('stockpile_targets') }}
