-- Where do plants stand idle, and how fast does the world's capacity grow?
-- Refineries come first, then mines, each by idle capacity as a share of the world's, so that minerals can be
-- compared. Figures are in the unit of the row. Output above capacity leaves no figure for idle capacity.
-- USGS prints the capacity of countries for one year only, so it is not known who adds capacity: growth is
-- the world's, to the last year of the outlook. It counts planned plants as built: it is a bound, not a
-- forecast.
with growth as (
    select
        mineral_id,
        stage,
        year as outlook_year,
        world_growth_pct
    from marts.capacity_outlook
    where country_iso3 = 'WLD' and is_outlook
    qualify year = max(year) over (partition by mineral_id, stage)
),

plants as (
    select
        *,
        if(production <= capacity, round(capacity - production, 3), null) as idle_capacity,
        -- for titanium, the capacity of countries includes idle plants and that of the world does not
        greatest(world_capacity, sum(capacity) over (partition by mineral_id, stage, year)) as world_plants
    from marts.capacity_outlook
    where country_iso3 not in ('WLD', 'ZZZ') and capacity is not null
)

select
    plants.mineral_id,
    plants.stage,
    plants.year,
    plants.country_name,
    plants.idle_capacity,
    plants.capacity,
    plants.production,
    plants.unit,
    plants.utilisation_pct,
    round(100 * plants.idle_capacity / plants.world_plants, 1) as idle_of_world_pct,
    case
        when plants.production > plants.capacity then 'not known: output above capacity'
        when plants.production is null then concat('not known: ', replace(plants.coverage, '_', ' '))
    end as idle_remark,
    growth.outlook_year,
    round(growth.world_growth_pct, 1) as world_growth_pct,
    plants.source_ids
from plants
left join growth on plants.mineral_id = growth.mineral_id and plants.stage = growth.stage
order by
    plants.stage = 'ore_concentrate' asc,
    idle_of_world_pct desc nulls last,
    plants.mineral_id asc,
    plants.country_name asc
