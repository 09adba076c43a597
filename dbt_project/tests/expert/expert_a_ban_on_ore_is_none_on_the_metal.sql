-- A control counts against a mineral, and against its price, only at the stage that it covers: Indonesia bans
-- exports of nickel ore and bauxite, and no country those of the metals.
with ore_only as (
    select
        control.event_id,
        control.mineral_id
    from {{ ref('bridge_export_control') }} as control
    inner join {{ ref('bridge_control_stage') }} as covered
        on control.event_id = covered.event_id and control.mineral_id = covered.mineral_id
    group by control.event_id, control.mineral_id
    having bool_and(covered.stage = 'ore_concentrate')
),

under_ore_bans_only as (
    select control.mineral_id
    from {{ ref('bridge_export_control') }} as control
    left join ore_only on control.event_id = ore_only.event_id and control.mineral_id = ore_only.mineral_id
    group by control.mineral_id
    having count(ore_only.event_id) = count(*)
)

select
    component.area,
    component.mineral_id,
    component.year::string as period,
    'scorecard' as counted_in
from {{ ref('vulnerability_component') }} as component
inner join under_ore_bans_only as banned on component.mineral_id = banned.mineral_id
inner join {{ ref('dim_headline_stage') }} as headline on component.mineral_id = headline.mineral_id
where
    component.component = 'export_control'
    and component.measure > 0
    and 'ore_concentrate' not in (headline.output_stage, headline.traded_stage)
union all
select
    'all' as area,
    distortion.mineral_id,
    distortion.period::string as period,
    'price of ' || distortion.stage as counted_in
from {{ ref('market_distortion') }} as distortion
inner join under_ore_bans_only as banned on distortion.mineral_id = banned.mineral_id
where distortion.export_control_active and distortion.stage != 'ore_concentrate'
