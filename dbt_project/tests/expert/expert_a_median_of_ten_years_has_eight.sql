-- A median of ten years with fewer than eight yearly prices is marked as thin, and no method uses more years
-- than it is defined for.
select
    mineral_id,
    stage,
    price_basis,
    area,
    method,
    n,
    n_of,
    quality_flag
from {{ ref('floor_basis') }}
where
    n > n_of
    or (method in ('median_10y_nominal', 'last_bloc_output') and n_of is null)
    or (method = 'median_10y_nominal' and n < 8 and not contains(quality_flag, 'thin'))
