-- For each mineral with figures on the stage refined_metal, the seed states whether it is a metal.
with staged as (
    select
        mineral_id,
        stage
    from {{ ref('dim_product') }}
    union
    select
        mineral_id,
        stage
    from {{ ref('fct_production') }}
    union
    select
        mineral_id,
        stage
    from {{ ref('fct_price') }}
    union
    select
        mineral_id,
        output_stage
    from {{ ref('policy_stage') }}
    union
    select
        mineral_id,
        traded_stage
    from {{ ref('policy_stage') }}
)

select staged.mineral_id
from staged
inner join {{ ref('dim_mineral') }} as mineral on staged.mineral_id = mineral.mineral_id
where staged.stage = 'refined_metal' and mineral.refined_is_metal is null
