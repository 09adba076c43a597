-- World output that is a hundred times that of the previous year, or a hundredth, is in another unit, such as
-- kilograms read as tons. Output from the British Geological Survey is only compared and not used in any
-- figure.
with output as (
    select
        source_id,
        mineral_id,
        stage,
        edition,
        year,
        production_t,
        lag(production_t) over (
            partition by source_id, mineral_id, stage, edition
            order by year
        ) as production_before_t
    from {{ ref('fct_production') }}
    where is_world and source_id != 'bgs_wms'
)

select
    source_id,
    mineral_id,
    stage,
    edition,
    year,
    production_t,
    production_before_t
from output
where
    production_t > 0
    and production_before_t > 0
    and (production_t >= 100 * production_before_t or production_before_t >= 100 * production_t)
