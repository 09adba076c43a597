-- A joint stockpile is of what the three use, and the USA is one of them.
select
    mineral_id,
    year,
    target_days,
    usa_consumption_t,
    bloc_consumption_t
from {{ ref('stockpile_cover') }}
where bloc_consumption_t < usa_consumption_t * (1 - 1e-6)
