-- The three are netted by the goods of the tariff codes: ferroniobium is not ore, and unwrought platinum is
-- not concentrate. A row has the stage of its codes, or all_forms if they have several, and states what the
-- goods are.
with staged as (
    select
        mineral_id,
        policy_stage || '_stage' as basis,
        line_stage,
        is_only_line_stage
    from {{ ref('dim_policy_stage') }}
    where line_stage is not null
)

select
    dependency.area,
    dependency.mineral_id,
    dependency.basis,
    dependency.stage,
    dependency.product
from {{ ref('import_dependency') }} as dependency
inner join staged on dependency.mineral_id = staged.mineral_id and dependency.basis = staged.basis
where dependency.area != 'USA'
group by dependency.area, dependency.mineral_id, dependency.basis, dependency.stage, dependency.product
having
    dependency.product is null
    or not (
        bool_or(staged.line_stage = dependency.stage)
        or (
            dependency.stage = 'all_forms'
            and (dependency.basis = 'all_forms_stage' or not bool_or(staged.is_only_line_stage))
        )
    )
