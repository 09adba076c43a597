{{ config(severity='warn') }}
-- Canada supplies most of the US potash and Mexico most of the fluorspar. Including them lowers the
-- dependency to less than half.
with dependencies as (
    select
        minerals.mineral_id,
        alone.year,
        alone.non_bloc_dependency_pct as alone_pct,
        together.non_bloc_dependency_pct as together_pct
    from (values ('potash'), ('fluorspar')) as minerals (mineral_id)
    left join {{ ref('bloc_scenario') }} as alone
        on minerals.mineral_id = alone.mineral_id and alone.scenario_id = 'usa_alone'
    left join {{ ref('bloc_scenario') }} as together
        on
            alone.mineral_id = together.mineral_id
            and alone.year = together.year
            and together.scenario_id = 'usmca'
)

select *
from dependencies
where not coalesce(together_pct < 0.5 * alone_pct, false)
