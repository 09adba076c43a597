-- Output, capacity, and future capacity of the world.
with base_years as (
    select
        mineral_id,
        stage,
        year as base_year,
        capacity as base_capacity
    from {{ ref('fct_capacity') }}
    where country_iso3 = 'WLD' and capacity is not null and not is_outlook
    qualify year = max(year) over (partition by mineral_id, stage)
),

-- for titanium, the capacity of countries includes idle plants and that of the world does not
parts as (
    select
        mineral_id,
        stage,
        year,
        sum(capacity) as countries_capacity
    from {{ ref('fct_capacity') }}
    where country_iso3 != 'WLD'
    group by mineral_id, stage, year
),

worlds as (
    select
        held.*,
        base_years.base_year,
        parts.countries_capacity > 1.03 * base_years.base_capacity as is_contradicted,
        base_years.base_capacity
    from {{ ref('fct_capacity') }} as held
    left join base_years on held.mineral_id = base_years.mineral_id and held.stage = base_years.stage
    left join parts
        on
            base_years.mineral_id = parts.mineral_id
            and base_years.stage = parts.stage
            and base_years.base_year = parts.year
    where held.country_iso3 = 'WLD'
),

measured as (
    select
        held.*,
        worlds.capacity as world_capacity,
        worlds.base_year,
        coalesce(worlds.is_contradicted and worlds.year >= worlds.base_year, false) as is_contradicted,
        -- mass in tons, volume in millions of cubic meters
        case when held.base_unit = 't' then 1 else 1e6 end as per_unit,
        case
            when held.production <= held.capacity then held.capacity - held.production
        end as idle_capacity,
        -- withheld output is at most the capacity of the country's plants
        case when held.production is null and held.qualifier = 'W' then held.capacity end as withheld_high,
        case
            when worlds.year > worlds.base_year
                then {{ change_pct('worlds.base_capacity', 'worlds.capacity') }}
        end as world_growth_pct
    from {{ ref('fct_capacity') }} as held
    left join worlds
        on held.mineral_id = worlds.mineral_id and held.stage = worlds.stage and held.year = worlds.year
)

select
    measured.mineral_id,
    measured.stage,
    measured.country_iso3,
    measured.year,
    countries.name as country_name,
    measured.outlook_to,
    measured.production_t,
    measured.capacity_t,
    case when measured.base_unit = 't' then {{ rounded('measured.idle_capacity', 6) }} end as idle_capacity_t,
    case when measured.base_unit = 't' then measured.world_capacity end as world_capacity_t,
    -- rounding explains a few points above 100 %; beyond them one of the two is of another kind of plant
    case
        when measured.production <= 1.1 * measured.capacity
            then {{ rounded('100 * ' ~ share('measured.production', 'measured.capacity'), 1) }}
    end as utilisation_pct,
    measured.base_year,
    {{ rounded('measured.world_growth_pct', 6) }} as world_growth_pct,
    {{ rounded('measured.production / measured.per_unit', 6) }} as production,
    {{ rounded('measured.production_low / measured.per_unit', 6) }} as production_low,
    {{ rounded('coalesce(measured.production_high, measured.withheld_high) / measured.per_unit', 6) }}
        as production_high,
    {{ rounded('measured.capacity / measured.per_unit', 6) }} as capacity,
    {{ rounded('measured.idled_capacity / measured.per_unit', 6) }} as idled_capacity,
    {{ rounded('measured.world_capacity / measured.per_unit', 6) }} as world_capacity,
    case when measured.base_unit = 't' then 't' else 'million m3' end as unit,
    measured.qualifier,
    measured.is_estimated,
    measured.is_outlook,
    case
        when measured.is_outlook
            then concat_ws(
                ';', 'years_to_come', if(measured.is_contradicted, 'world_total_contradicted', null)
            )
        when measured.production is null and measured.qualifier = 'W' then 'production_withheld'
        when measured.capacity is null then 'capacity_not_printed'
        when measured.production is null then 'output_not_printed'
        when measured.production > 1.1 * measured.capacity then 'output_above_capacity'
        when measured.is_contradicted then 'world_total_contradicted'
        when measured.excludes_usa then 'world_total_excludes_withheld'
        else 'complete'
    end as coverage,
    'usgs_outlook' as source_ids,
    measured.archive_id
from measured
left join {{ ref('dim_country') }} as countries on measured.country_iso3 = countries.iso3
