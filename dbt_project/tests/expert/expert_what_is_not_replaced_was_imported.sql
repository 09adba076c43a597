-- The unreplaced value does not exceed US imports of the mineral without finished goods and scrap. Where the
-- tonnage is of one stage, only imports of that stage count.
with imports as (
    select
        mineral_id,
        sum(value_usd) as all_usd,
        max(value_usd) as largest_stage_usd
    from (
        select
            mineral_id,
            stage,
            sum(value_usd) as value_usd
        from {{ ref('import_sources') }}
        where
            area = 'USA'
            and basis = 'customs_value'
            and period_type = 'year'
            and stage not in ('scrap', 'end_form')
            and period = (
                select max(newest.period)
                from {{ ref('import_sources') }} as newest
                where newest.area = 'USA' and newest.basis = 'customs_value' and newest.period_type = 'year'
            )
        group by mineral_id, stage
    )
    group by mineral_id
)

select
    disruption.scenario_id,
    disruption.mineral_id,
    disruption.lost_supplier_iso3,
    disruption.year,
    disruption.value_not_replaced_high_usd,
    imports.all_usd
from {{ ref('disruption_scenario') }} as disruption
inner join imports on disruption.mineral_id = imports.mineral_id
inner join {{ ref('fct_us_supply') }} as supply
    on
        disruption.mineral_id = supply.mineral_id
        and disruption.year = supply.year
where
    disruption.value_not_replaced_high_usd > 1.000000001 * imports.all_usd
    or (
        supply.basis in ('metal', 'sponge', 'refined', 'unwrought')
        and disruption.value_not_replaced_high_usd > 1.000000001 * imports.largest_stage_usd
    )
