-- The unreplaced amount of a supplier does not exceed its sales of the mineral according to customs of the
-- year itself, without finished goods and scrap.
with sold as (
    select
        mineral_id,
        year(period) as year,
        case when supplier_iso3 in ('HKG', 'MAC') then 'CHN' else supplier_iso3 end as supplier_iso3,
        sum(value_usd) as value_usd
    from {{ ref('import_sources') }}
    where
        area = 'USA'
        and basis = 'customs_value'
        and period_type = 'year'
        and stage not in ('scrap', 'end_form')
    group by mineral_id, year(period), supplier_iso3
),

held as (
    select
        mineral_id,
        year,
        supplier_iso3,
        sum(value_usd) as value_usd
    from sold
    group by mineral_id, year, supplier_iso3
),

years as (
    select distinct
        mineral_id,
        year
    from held
)

select
    losses.scenario_id,
    losses.mineral_id,
    losses.lost_supplier_iso3,
    losses.year,
    losses.value_not_replaced_high_usd,
    held.value_usd
from {{ ref('disruption_scenario') }} as losses
inner join years on losses.mineral_id = years.mineral_id and losses.year = years.year
left join held
    on
        losses.mineral_id = held.mineral_id
        and losses.year = held.year
        and losses.lost_supplier_iso3 = held.supplier_iso3
where
    losses.scope = 'area_imports'
    and losses.value_not_replaced_high_usd > coalesce(held.value_usd, 0) + 1
