-- World output of each mineral and stage if a country's stopped: what is lost, and who holds the most of the rest.
-- The newest edition and its newest year are taken. A withheld figure stays empty; it is not a zero.
-- Example: from what_if_without('CHN') order by lost_share desc nulls last;
create macro main.what_if_without(lost_iso3) as table
with newest as (
    select *
    from marts.world_production
    where country_iso3 not in ('WLD', 'ZZZ')
    qualify dense_rank() over (partition by mineral_id, stage order by edition desc, year desc) = 1
)

select
    mineral_id,
    stage,
    any_value(edition) as edition,
    any_value(year) as year,
    max(production_t) filter (country_iso3 = lost_iso3) as lost_t,
    max(world_share) filter (country_iso3 = lost_iso3) as lost_share,
    any_value(coverage) filter (country_iso3 = lost_iso3) as coverage,
    arg_max(country_iso3, world_share) filter (country_iso3 != lost_iso3) as next_supplier_iso3,
    max(world_share) filter (country_iso3 != lost_iso3) as next_supplier_share
from newest
group by mineral_id, stage
having bool_or(country_iso3 = lost_iso3)
order by mineral_id, stage;

comment on macro table main.what_if_without is
'World output lost without a country, t and share 0-1. Example: from what_if_without(''CHN'')';
