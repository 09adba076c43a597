-- The three are netted in the goods of the tariff codes: ferroniobium is no ore, and unwrought platinum no
-- concentrate. A row has the stage of its codes, all_forms where they have several, and says what the goods
-- are.
with staged as (
    select
        codes.mineral_id,
        codes.stage || '_stage' as basis,
        bridge.stage
    from {{ ref('policy_stage_codes') }} as codes
    inner join {{ ref('dim_product') }} as bridge
        on
            codes.mineral_id = bridge.mineral_id
            and left(bridge.hs_code, length(codes.hs_code)) = codes.hs_code
),

of_codes as (
    select
        mineral_id,
        basis,
        count(distinct stage) as n_stages
    from staged
    where stage != 'scrap'
    group by mineral_id, basis
)

select
    dependency.area,
    dependency.mineral_id,
    dependency.basis,
    dependency.stage,
    dependency.product
from {{ ref('import_dependency') }} as dependency
inner join of_codes on dependency.mineral_id = of_codes.mineral_id and dependency.basis = of_codes.basis
left join staged
    on
        dependency.mineral_id = staged.mineral_id
        and dependency.basis = staged.basis
        and dependency.stage = staged.stage
where
    dependency.area != 'USA'
    and (
        dependency.product is null
        or (staged.mineral_id is null and not (dependency.stage = 'all_forms' and of_codes.n_stages > 1))
    )
group by dependency.area, dependency.mineral_id, dependency.basis, dependency.stage, dependency.product
