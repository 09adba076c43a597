-- A loss of a year rests on the customs of that year where they tell the mineral apart, and names the years
-- of its share. Printed shares of four years do not stand for a year whose customs say otherwise.
with customs as (
    select
        mineral_id,
        year(period) as year,
        stage
    from {{ ref('fct_import_source') }}
    where area = 'USA' and basis = 'customs_value' and period_type = 'year' and stage = 'refined_metal'
    group by mineral_id, year(period), stage
    having sum(value_usd) >= 2000000 and not coalesce(bool_or(is_allocated), false)
)

select
    losses.mineral_id,
    losses.lost_supplier_iso3,
    losses.year,
    losses.share_basis,
    losses.share_period
from {{ ref('disruption_scenario') }} as losses
inner join {{ ref('fct_us_supply') }} as supply
    on losses.mineral_id = supply.mineral_id and losses.year = supply.year
inner join customs on losses.mineral_id = customs.mineral_id and losses.year = customs.year
where
    losses.scope = 'area_imports'
    and supply.stage = customs.stage
    and supply.basis in ('metal', 'refined', 'unwrought', 'sponge')
    and (losses.share_basis != 'customs_value_of_year' or losses.share_period != losses.year::string)
