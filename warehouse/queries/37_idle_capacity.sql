-- Where do plants stand idle, and how fast does the world's capacity grow?
-- Idle capacity is in the unit of the row. Growth is measured to the last year of the USGS outlook, which
-- counts planned plants as built. It is a bound, not a forecast.
with growth as (
    select
        mineral_id,
        stage,
        year as outlook_year,
        world_growth_pct
    from marts.capacity_outlook
    where country_iso3 = 'WLD' and is_outlook
    qualify year = max(year) over (partition by mineral_id, stage)
)

select
    capacity.mineral_id,
    capacity.stage,
    capacity.year,
    capacity.country_name,
    capacity.production,
    capacity.capacity,
    capacity.utilisation_pct,
    case
        when capacity.production is not null
            then round(greatest(capacity.capacity - capacity.production, 0), 3)
    end as idle_capacity,
    capacity.unit,
    growth.outlook_year,
    round(growth.world_growth_pct, 1) as world_growth_pct,
    capacity.source_ids
from marts.capacity_outlook as capacity
left join growth on capacity.mineral_id = growth.mineral_id and capacity.stage = growth.stage
where capacity.country_iso3 not in ('WLD', 'ZZZ') and capacity.capacity is not null
order by capacity.mineral_id asc, idle_capacity desc nulls last, capacity.country_name asc
