-- A check passes where the difference is within what it allows, and says why where not.
select
    check_id,
    mineral_id,
    year
from {{ ref('reconciliation') }}
where
    (passed and published_qualifier = '=' and abs(difference) > tolerance * (1 + 1e-6) + 1e-6)
    or (not passed and reason_code is null)
