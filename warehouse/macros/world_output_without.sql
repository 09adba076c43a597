-- World output of each mineral and stage if the output of a country stopped: the loss, and the largest of the other producers,
-- with and without foreign entities of concern. Mines and refineries have separate rows; is_stage_of_us_reliance marks the
-- stage that the USA imports. It uses the newest year of the newest edition. A withheld figure is empty and not zero.
-- Example: from world_output_without('CHN') order by lost_share desc nulls last;
create macro main.world_output_without(lost_iso3) as table
with newest as (
    select
        production.*,
        concern.iso3 is not null as is_feoc
    from marts.world_production as production
    left join core.dim_bloc_member as concern
        on production.country_iso3 = concern.iso3 and concern.bloc = 'FEOC' and concern.is_member_today
    where production.country_iso3 not in ('WLD', 'ZZZ')
    qualify dense_rank() over (partition by production.mineral_id, production.stage order by edition desc, year desc) = 1
),

relied_on as (
    select distinct mineral_id, stage
    from core.fct_us_supply
)

select
    newest.mineral_id,
    newest.stage,
    bool_or(relied_on.stage is not null) as is_stage_of_us_reliance,
    any_value(newest.edition) as edition,
    any_value(newest.year) as year,
    max(production_t) filter (country_iso3 = lost_iso3) as lost_t,
    max(world_share) filter (country_iso3 = lost_iso3) as lost_share,
    any_value(coverage) filter (country_iso3 = lost_iso3) as coverage,
    arg_max(country_iso3, (world_share, country_iso3))
    filter (country_iso3 != lost_iso3 and not is_feoc and world_share is not null) as next_supplier_iso3,
    max(world_share) filter (country_iso3 != lost_iso3 and not is_feoc) as next_supplier_share,
    arg_max(country_iso3, (world_share, country_iso3))
    filter (country_iso3 != lost_iso3 and world_share is not null) as next_with_feoc_iso3,
    max(world_share) filter (country_iso3 != lost_iso3) as next_with_feoc_share,
    coalesce(
        arg_max(is_feoc, (world_share, country_iso3))
        filter (country_iso3 != lost_iso3 and world_share is not null), false
    ) as is_next_feoc
from newest
left join relied_on on newest.mineral_id = relied_on.mineral_id and newest.stage = relied_on.stage
group by newest.mineral_id, newest.stage
having bool_or(country_iso3 = lost_iso3)
order by newest.mineral_id, newest.stage;

comment on macro table main.world_output_without is
'World output lost without a country, t and share 0-1. Example: from world_output_without(''CHN'')';
