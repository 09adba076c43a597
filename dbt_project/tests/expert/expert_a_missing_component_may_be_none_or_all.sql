-- A component that is missing may be none or all, and one that is known lies between its bounds.
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
