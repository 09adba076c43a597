-- Shares of a supplier table sum to 1, including the unnamed remainder. A list without shares is not tested.
with tables as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        sum(value_share) as value_share,
        sum(quantity_share) as quantity_share,
        max(coverage) as coverage
    from {{ ref('import_sources') }}
    group by area, mineral_id, stage, period, period_type, basis
)

select *
from tables
where
    abs(value_share - 1) > 1e-9
    or abs(quantity_share - 1) > 1e-9
    or (value_share is null and quantity_share is null and coverage != 'ranks_only')
