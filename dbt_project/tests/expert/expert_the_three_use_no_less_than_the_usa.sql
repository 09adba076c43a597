-- Consumption of the three, on which a joint stockpile is based, is at least that of the USA.
select
    mineral_id,
    year,
    target_days,
    usa_consumption_t,
    bloc_consumption_t
from {{ ref('stockpile_cover') }}
where bloc_consumption_t < usa_consumption_t * (1 - 1e-6)
