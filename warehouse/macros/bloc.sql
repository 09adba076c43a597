-- A plurilateral bloc of your own: its share of an area's imports and of world output.
-- The newest period and edition are taken, each basis of measurement apart. Members are ISO 3166 alpha-3 codes.
-- Example: from bloc(['USA', 'CAN', 'MEX', 'JPN', 'AUS']) where area = 'USA';
create macro main.bloc(members) as table
with output as (
    select
        mineral_id,
        stage,
        case
            when count(world_share) > 0
                then coalesce(sum(world_share) filter (list_contains(members, country_iso3)), 0)
        end as production_share
    from (
        from marts.world_production
        where country_iso3 not in ('WLD', 'ZZZ')
        qualify dense_rank() over (partition by mineral_id, stage order by edition desc, year desc) = 1
    )
    group by mineral_id, stage
),

sourced as (
    select
        area,
        mineral_id,
        stage,
        basis,
        any_value(period) as period,
        case
            when count(value_share) > 0
                then coalesce(sum(value_share) filter (list_contains(members, supplier_iso3)), 0)
        end as import_value_share,
        case
            when count(quantity_share) > 0
                then coalesce(sum(quantity_share) filter (list_contains(members, supplier_iso3)), 0)
        end as import_quantity_share,
        any_value(unallocated_share) as unallocated_share
    from (
        from marts.import_sources
        where coverage != 'ranks_only'
        qualify dense_rank() over (partition by area, mineral_id, stage, basis order by period desc, period_type desc) = 1
    )
    group by area, mineral_id, stage, basis
)

select
    sourced.area,
    sourced.mineral_id,
    sourced.stage,
    sourced.basis,
    sourced.period,
    sourced.import_value_share,
    sourced.import_quantity_share,
    sourced.unallocated_share,
    output.production_share
from sourced
left join output using (mineral_id, stage)
order by sourced.area, sourced.mineral_id, sourced.stage, sourced.basis;

comment on macro table main.bloc is
'Share of imports and of world output that a bloc covers, 0-1. Example: from bloc([''USA'', ''CAN'', ''JPN''])';
