-- Output of the USA, Canada, Mexico and the three together, by stage of the world tables of each edition. A
-- member that USGS does not list has no output or is among the other countries: at most their sum. If the
-- output of a listed member is withheld, the sum is missing and has bounds.
with members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA'
),

production as (
    select *
    from {{ ref('fct_production') }}
    where source_id = 'usgs_mcs' and qualifier is not null
),

-- years and stages for which an edition has a world table
world_tables as (
    select distinct
        edition,
        mineral_id,
        stage,
        year
    from production
    where is_world
),

-- output of unnamed countries in a table; a row without a figure gives no bound
others as (
    select
        edition,
        mineral_id,
        stage,
        year,
        sum(coalesce(production_high_t, 'infinity'::double)) as other_t,
        false as is_total_alone
    from production
    where country_iso3 = 'ZZZ'
    group by edition, mineral_id, stage, year
    union all
    -- a table with only a world total lists no country, so any country may produce all of it
    select
        edition,
        mineral_id,
        stage,
        year,
        max(coalesce(production_high_t, 'infinity'::double)) as other_t,
        true as is_total_alone
    from production
    group by edition, mineral_id, stage, year
    having bool_and(is_world)
),

by_member as (
    select
        world_tables.edition,
        world_tables.mineral_id,
        world_tables.stage,
        world_tables.year,
        members.iso3,
        production.country_iso3 is not null as is_listed,
        case
            when is_listed then production.production_t
            when not coalesce(others.is_total_alone, false) then 0
        end as output_t,
        coalesce(production.production_low_t, 0) as output_low_t,
        case
            when is_listed then coalesce(production.production_high_t, 'infinity'::double)
            else coalesce(others.other_t, 0)
        end as output_high_t,
        coalesce(production.is_estimated, false) as is_estimated,
        production.archive_id
    from world_tables
    cross join members
    left join production
        on
            world_tables.edition = production.edition
            and world_tables.mineral_id = production.mineral_id
            and world_tables.stage = production.stage
            and world_tables.year = production.year
            and members.iso3 = production.country_iso3
    left join others
        on
            world_tables.edition = others.edition
            and world_tables.mineral_id = others.mineral_id
            and world_tables.stage = others.stage
            and world_tables.year = others.year
),

areas as (
    select
        *,
        iso3 as area
    from by_member
    union all
    select
        *,
        'USMCA' as area
    from by_member
)

select
    area,
    edition,
    mineral_id,
    stage,
    year,
    {{ whole_sum('output_t') }} as output_t,
    {{ sum_in_order('output_low_t', 'iso3') }} as output_low_t,
    {{ sum_in_order('output_high_t', 'iso3') }} as output_high_t,
    {{ joined('iso3', ';', where='is_listed') }} as producers,
    bool_or(is_estimated) as is_estimated,
    min(archive_id) as archive_id
from areas
group by area, edition, mineral_id, stage, year
