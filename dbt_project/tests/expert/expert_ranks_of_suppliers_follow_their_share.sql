-- The supplier with the largest share ranks first.
with first_two as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        max(coalesce(quantity_share, value_share)) filter (where rank = 1) as first_share,
        max(coalesce(quantity_share, value_share)) filter (where rank > 1) as next_share
    from {{ ref('import_sources') }}
    group by area, mineral_id, stage, period, period_type, basis
)

select *
from first_two
where first_share < next_share - 1e-9
