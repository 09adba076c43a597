-- How much Chinese antimony may have come through Thailand, Mexico, Vietnam or Belgium, month by month?
-- Months need US imports by month and origin (census_bulk) and exports of third countries (comtrade). Where
-- they are not held, full years are shown instead, by form: what US customs and BACI record from each of the
-- four. hub_output_t is output of mines and is given for ore only: what a country mines does not show what it
-- makes of others' ore or metal, and no output of oxide or metal is printed by country. Belgium, which mines
-- none, makes oxide. China has restricted exports since 2024-09-15.
with watched as (
    select
        strftime(period, '%Y-%m') as period,
        hub_iso3,
        null as stage,
        exported_usd as value_usd,
        null as import_share,
        exported_t,
        hub_output_t,
        implied_reexport_t,
        implied_reexport_share,
        if(flag, 'more than it can make or keep, and at a Chinese price', null) as remark,
        coverage,
        source_ids
    from marts.transshipment_watch
    where product_group = 'antimony' and hub_iso3 in ('THA', 'MEX', 'VNM', 'BEL')
),

mined as (
    select
        country_iso3,
        year,
        production_t
    from marts.world_production
    where mineral_id = 'antimony' and stage = 'ore_concentrate'
    qualify row_number() over (partition by country_iso3, year order by edition desc) = 1
),

-- one table for a year: customs where the year is held, otherwise BACI
yearly as (
    select *
    from marts.import_sources
    where
        area = 'USA'
        and mineral_id = 'antimony'
        and period_type = 'year'
        and basis in ('baci', 'customs_value')
        and coverage != 'basket_allocated'
    qualify dense_rank() over (partition by stage, period order by basis desc) = 1
),

listed as (
    select * from watched  -- noqa: AM07
    union all by name
    select
        year(yearly.period)::varchar as period,
        yearly.supplier_iso3 as hub_iso3,
        yearly.stage,
        yearly.value_usd,
        yearly.value_share as import_share,
        case when yearly.stage = 'ore_concentrate' then mined.production_t end as hub_output_t,
        yearly.quantity_t as weight_t,
        case
            when yearly.stage != 'ore_concentrate' then 'a full year; output of this form is not printed'
            when mined.production_t is null then 'a full year; no mine output printed'
            else 'a full year'
        end as remark,
        yearly.source_id as source_ids
    from yearly
    left join mined on yearly.supplier_iso3 = mined.country_iso3 and year(yearly.period) = mined.year
    where
        yearly.supplier_iso3 in ('THA', 'MEX', 'VNM', 'BEL')
        and yearly.stage != 'scrap'
        and year(yearly.period) >= 2021
        and not exists (select 1 from watched)
)

select *
from listed
order by period desc, value_usd desc nulls last, hub_iso3 asc, stage asc;
