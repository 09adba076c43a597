-- The loss of a year is based on customs data of that year if they identify the mineral, and states the years
-- of its share. Four-year shares in print are not used for a year whose customs data differ, unless those
-- customs data cover other goods than the tonnage, so that their value per ton never matches the price.
with customs as (
    select
        mineral_id,
        year(period) as year,
        stage
    from {{ ref('fct_import_source') }}
    where area = 'USA' and basis = 'customs_value' and period_type = 'year' and stage = 'refined_metal'
    group by mineral_id, year(period), stage
    having sum(value_usd) >= 2000000 and not coalesce(bool_or(is_allocated), false)
),

of_the_goods as (
    select distinct losses.mineral_id
    from {{ ref('disruption_scenario') }} as losses
    inner join {{ ref('fct_reference_price') }} as prices
        on
            losses.mineral_id = prices.mineral_id
            and losses.import_stage = prices.stage
            and losses.year = year(prices.period)
    where
        losses.scope = 'area_imports'
        and prices.period_type = 'year'
        and losses.import_value_usd between 500 * losses.base_t * prices.usd_per_kg
        and 2000 * losses.base_t * prices.usd_per_kg
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
    and losses.mineral_id in (select of_the_goods.mineral_id from of_the_goods)
    and (
        losses.share_basis not in ('customs_value_of_year', 'output_of_supplier')
        or losses.share_period != losses.year::string
    )
