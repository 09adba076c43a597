-- The floor of a scenario that uses a method is the level of that method in floor_basis. If the level is
-- missing, has too few prices or covers several goods, the scenario has no floor and states the reason.
select
    floors.scenario_id,
    floors.mineral_id,
    floors.stage,
    floors.floor_usd_per_kg,
    floors.no_floor_reason,
    levels.usd_per_kg,
    levels.quality_flag
from {{ ref('dim_price_floor') }} as floors
left join {{ ref('floor_basis') }} as levels
    on
        floors.method = levels.method
        and floors.area = levels.area
        and floors.mineral_id = levels.mineral_id
        and floors.stage = levels.stage
        and floors.basis = levels.price_basis
where
    floors.rule = 'method'
    and case
        when floors.floor_usd_per_kg is null then floors.no_floor_reason is null
        else
            levels.quality_flag is null
            or contains(levels.quality_flag, 'thin')
            or contains(levels.quality_flag, 'several_goods')
            or abs(floors.floor_usd_per_kg / (floors.amount * levels.usd_per_kg) - 1) > 0.001
    end
