-- The US loss of a supplier does not exceed the supplier's output, if its output at the imported stage is
-- published. Imports of several forms have no single table of output.
with made as (
    select
        mineral_id,
        stage,
        year,
        country_iso3,
        max(coalesce(production_high_t, production_t)) as output_t
    from {{ ref('world_production') }}
    where source_id = 'usgs_mcs'
    group by mineral_id, stage, year, country_iso3
)

select
    losses.scenario_id,
    losses.mineral_id,
    losses.lost_supplier_iso3,
    losses.year,
    losses.lost_t,
    made.output_t
from {{ ref('disruption_scenario') }} as losses
inner join {{ ref('fct_us_supply') }} as supply
    on losses.mineral_id = supply.mineral_id and losses.year = supply.year
inner join made
    on
        losses.mineral_id = made.mineral_id
        and losses.import_stage = made.stage
        and losses.year = made.year
        and losses.lost_supplier_iso3 = made.country_iso3
where
    losses.scope = 'area_imports'
    and not supply.is_several_forms
    and losses.lost_t > made.output_t * (1 + 1e-6)
