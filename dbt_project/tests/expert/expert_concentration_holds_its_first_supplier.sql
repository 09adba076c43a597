-- A Herfindahl index is at least the square of the largest share, and the share of the first three includes
-- that of the first.
select
    area,
    mineral_id,
    stage,
    period,
    basis
from {{ ref('supplier_concentration') }}
where
    cr1_share > cr3_share + 1e-9
    or hhi > hhi_high + 1e-6
    or hhi > 10000.001
    or hhi < 10000 * cr1_share * cr1_share - 0.01
