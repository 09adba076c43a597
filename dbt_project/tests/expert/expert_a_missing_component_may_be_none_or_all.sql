-- A component has a score exactly if its measure is known, and the score lies between its bounds. A missing
-- component names its gap.
select
    area,
    mineral_id,
    year,
    component,
    score
from {{ ref('vulnerability_component') }}
where
    (score is null and gap is null)
    or score not between score_low - 1e-6 and score_high + 1e-6
    or (measure is null) != (score is null)
