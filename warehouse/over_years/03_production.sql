-- Who produces, by year: the world and the largest three
with newest as (
    select *
    from marts.world_production
    where mineral_id in (select unnest($minerals)) and production_t is not null
    qualify
        dense_rank() over (partition by mineral_id, stage, year, source_id order by edition desc) = 1
)

select
    newest.mineral_id,
    newest.year,
    newest.stage,
    max(newest.production_t) filter (newest.is_world) as world_t,
    sum(newest.production_t) filter (newest.country_iso3 in ('USA', 'CAN', 'MEX')) as of_the_three_t,
    string_agg(
        printf('%s %s t', countries.name, format('{:,}', round(newest.production_t)::bigint)), ', '
        order by newest.production_t desc
    ) filter (newest.rank <= 3) as largest_first,
    newest.source_id
from newest
left join core.dim_country as countries on newest.country_iso3 = countries.iso3
group by newest.mineral_id, newest.stage, newest.year, newest.source_id
order by newest.mineral_id, newest.stage, newest.source_id, newest.year;
