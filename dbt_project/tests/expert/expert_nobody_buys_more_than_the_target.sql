-- A purchase does not exceed the target, and its lower bound does not exceed the upper one.
select
    mineral_id,
    year,
    target_days
from {{ ref('stockpile_cover') }}
where buy_t > target_t + 1e-6 or buy_high_t > target_t + 1e-6 or buy_t > buy_high_t + 1e-6
