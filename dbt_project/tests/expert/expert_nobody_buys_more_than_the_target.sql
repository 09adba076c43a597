-- What is bought is part of the target, and the least that is bought is not above the most.
select
    mineral_id,
    year,
    target_days
from {{ ref('stockpile_cover') }}
where buy_t > target_t + 1e-6 or buy_high_t > target_t + 1e-6 or buy_t > buy_high_t + 1e-6
