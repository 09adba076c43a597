-- A check passes exactly if the difference is within its tolerance. Otherwise it states the reason.
select
    check_id,
    mineral_id,
    year
from {{ ref('reconciliation') }}
where
    (passed and published_qualifier = '=' and abs(difference) > tolerance * (1 + 1e-6) + 1e-6)
    or (not passed and reason_code is null)
