-- The Herfindahl index of a single supplier of everything is 10 000, and no index is higher. World totals are
-- rounded, so shares of output may add up to more than one.
select
    area,
    mineral_id,
    year,
    component,
    measure
from {{ ref('vulnerability_component') }}
where unit = 'index to 10 000' and not measure between 0 and 10000
