-- A plurilateral bloc of your own: its share of an area's imports and of world output. It uses the newest year or years and
-- the newest edition, and gives each basis of measurement separately. production_stage names the stage of the output that is
-- compared. Members are ISO 3166 alpha-3 codes.
-- Example: from bloc(['USA', 'CAN', 'MEX', 'JPN', 'AUS']) where area = 'USA';
create macro main.bloc(members) as table
with output as (
    select
        mineral_id,
        stage,
        any_value(year) as year,
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

-- for imports in all forms, or at a stage without a table of output: the stage of US reliance, otherwise the most processed
-- stage
nearest as (
    select distinct mineral_id, stage
    from core.fct_world_supply
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
        -- the shares of a single month are accidental
        where coverage != 'ranks_only' and period_type != 'month'
        qualify period = max(period) over (partition by area, mineral_id, stage, basis)
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
    coalesce(same.production_share, other.production_share) as production_share,
    coalesce(same.stage, other.stage) as production_stage,
    coalesce(same.year, other.year) as production_year
from sourced
left join output as same
    on sourced.mineral_id = same.mineral_id and sourced.stage = same.stage and same.production_share is not null
left join nearest on sourced.mineral_id = nearest.mineral_id
left join output as other on nearest.mineral_id = other.mineral_id and nearest.stage = other.stage
order by sourced.area, sourced.mineral_id, sourced.stage, sourced.basis;

comment on macro table main.bloc is
'Share of imports and of world output that a bloc covers, 0-1. Example: from bloc([''USA'', ''CAN'', ''JPN''])';
