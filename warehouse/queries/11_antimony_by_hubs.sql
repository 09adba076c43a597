-- How much Chinese antimony may have come through Thailand, Mexico, Vietnam or Belgium, month by month?
-- Months need US imports by month and origin and exports of third countries by month, which an online refresh
-- fetches. Where they are not held, full years are shown instead, by form: what US customs and BACI record
-- from each of the four, after their sum for the newest year; value_before_usd is that of the year before.
-- hub_output_t is output of mines and is given for ore only: what a country mines does not show what it makes
-- of others' ore or metal, and no output of oxide or metal is printed by country. Belgium, which mines none,
-- makes oxide. China has restricted exports since 2024-09-15.
with watched as (
    select
        strftime(period, '%Y-%m') as period,
        hub_iso3,
        null as stage,
        exported_usd as value_usd,
        null as value_before_usd,
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

of_hubs as (
    select
        *,
        year(period) as year
    from yearly
    where supplier_iso3 in ('THA', 'MEX', 'VNM', 'BEL') and stage != 'scrap' and year(period) >= 2020
),

newest as (
    select max(year) as year from of_hubs
),

of_hub as (
    select
        of_hubs.supplier_iso3,
        newest.year,
        coalesce(sum(of_hubs.value_usd) filter (of_hubs.year = newest.year), 0) as value_usd,
        coalesce(sum(of_hubs.value_usd) filter (of_hubs.year = newest.year - 1), 0) as value_before_usd,
        string_agg(distinct of_hubs.source_id, ';' order by of_hubs.source_id)
        filter (of_hubs.year >= newest.year - 1) as source_ids
    from of_hubs
    cross join newest
    group by of_hubs.supplier_iso3, newest.year
),

together as (
    select
        of_hub.year::varchar as period,
        'all forms but scrap' as stage,
        sum(of_hub.value_usd) as value_usd,
        sum(of_hub.value_before_usd) as value_before_usd,
        concat(of_hub.year - 1, ' to ', of_hub.year, ': ') || string_agg(
            concat(
                countries.name,
                printf(
                    ' from USD %.1f million to %.1f million', of_hub.value_before_usd / 1e6,
                    of_hub.value_usd / 1e6
                )
            ), ', ' order by of_hub.value_usd desc
        ) as remark,
        string_agg(distinct of_hub.source_ids, ';' order by of_hub.source_ids) as source_ids
    from of_hub
    inner join core.dim_country as countries on of_hub.supplier_iso3 = countries.iso3
    group by of_hub.year
),

listed as (
    select * from watched  -- noqa: AM07
    union all by name
    select
        year(yearly.period)::varchar as period,
        yearly.supplier_iso3 as hub_iso3,
        yearly.stage,
        yearly.value_usd,
        earlier.value_usd as value_before_usd,
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
    left join yearly as earlier
        on
            yearly.supplier_iso3 = earlier.supplier_iso3
            and yearly.stage = earlier.stage
            and year(yearly.period) = year(earlier.period) + 1
    left join mined on yearly.supplier_iso3 = mined.country_iso3 and year(yearly.period) = mined.year
    where
        yearly.supplier_iso3 in ('THA', 'MEX', 'VNM', 'BEL')
        and yearly.stage != 'scrap'
        and year(yearly.period) >= 2021
        and not exists (select 1 from watched)
    union all by name
    select * from together  -- noqa: AM07
    where not exists (select 1 from watched)
)

select
    listed.period,
    listed.hub_iso3,
    coalesce(countries.name, 'the four together') as hub,
    listed.stage,
    listed.value_usd,
    listed.value_before_usd,
    listed.import_share,
    listed.exported_t,
    listed.hub_output_t,
    listed.implied_reexport_t,
    listed.implied_reexport_share,
    listed.weight_t,
    listed.remark,
    listed.coverage,
    listed.source_ids
from listed
left join core.dim_country as countries on listed.hub_iso3 = countries.iso3
order by
    listed.hub_iso3 is null desc,
    listed.period desc,
    listed.value_usd desc nulls last,
    listed.hub_iso3 asc,
    listed.stage asc;
