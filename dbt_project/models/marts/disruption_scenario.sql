-- A supplier is lost: how much of what it gave others, recycling and stocks can make good, and what is left.
-- What the USA loses is measured against its imports, what the world loses against its output.
with us_supply as (
    select *
    from {{ ref('fct_us_supply') }}
    where year in (select world.year from {{ ref('fct_world_supply') }} as world)
),

world as (
    select * from {{ ref('fct_world_supply') }}
),

not_asked as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'FEOC' and is_member_today
),

-- what each supplier gives, in both scopes
given as (
    select
        'area_imports' as scope,
        us_supply.mineral_id,
        us_supply.year,
        suppliers.supplier_iso3,
        us_supply.imports_t as base_t,
        us_supply.imports_t * suppliers.import_share as given_t,
        suppliers.import_share as given_share
    from us_supply
    inner join {{ ref('fct_us_supplier') }} as suppliers on us_supply.mineral_id = suppliers.mineral_id
    union all
    select
        'world_output' as scope,
        mineral_id,
        year,
        country_iso3 as supplier_iso3,
        world_t as base_t,
        production_t as given_t,
        world_share as given_share
    from world
    where world_share > 0 and mineral_id in (select us_supply.mineral_id from us_supply)
),

losses as (
    select
        shocks.scenario_id,
        shocks.label,
        shocks.scope,
        given.mineral_id,
        given.year,
        given.supplier_iso3 as lost_supplier_iso3,
        given.base_t,
        given.given_t - coalesce(shocks.retained_t, given.given_t * shocks.retained_share) as unfloored_t,
        case when unfloored_t is not null then greatest(unfloored_t, 0) end as lost_t,
        coalesce(lost_t / nullif(given.base_t, 0), given.given_share * (1 - shocks.retained_share))
            as lost_share,
        shocks.utilisation_max_share,
        shocks.growth_without_capacity_share,
        shocks.divertible_share,
        shocks.secondary_growth_share,
        shocks.horizon_days
    from {{ ref('dim_shock') }} as shocks
    inner join given
        on
            shocks.scope = given.scope
            and coalesce(shocks.lost_supplier_iso3, given.supplier_iso3) = given.supplier_iso3
            and coalesce(shocks.mineral_id, given.mineral_id) = given.mineral_id
    where given.supplier_iso3 not in ('ZZZ', 'USA')
),

-- adversaries are not asked to step in; output stands in for exports, which are not held by country
offers as (
    select
        losses.scenario_id,
        losses.mineral_id,
        losses.lost_supplier_iso3,
        losses.year,
        world.stage,
        world.production_t,
        world.capacity_t,
        {{ spare_output(
            'world.production_t',
            'world.capacity_t',
            'losses.utilisation_max_share',
            'losses.growth_without_capacity_share'
        ) }} as spare_t,
        losses.divertible_share * (world.production_t + spare_t) as divertible_t
    from losses
    inner join world
        on
            losses.mineral_id = world.mineral_id
            and losses.year = world.year
            and losses.lost_supplier_iso3 != world.country_iso3
    where world.country_iso3 not in (select not_asked.iso3 from not_asked)
),

offered as (
    select
        scenario_id,
        mineral_id,
        lost_supplier_iso3,
        year,
        {{ any_known('stage') }} as stage,
        {{ exact_sum('case when spare_t is not null then least(spare_t, divertible_t) end') }} as offered_t,
        count(capacity_t) as with_capacity,
        count(*) filter (where production_t is null) as withheld
    from offers
    group by scenario_id, mineral_id, lost_supplier_iso3, year
),

balanced as (
    select
        losses.*,
        offered.stage,
        offered.withheld,
        offered.with_capacity,
        offered.offered_t + coalesce(losses.secondary_growth_share * us_supply.secondary_production_t, 0)
        * (losses.scope = 'area_imports')::integer as relief_t,
        case when losses.lost_t is not null and relief_t is not null then least(losses.lost_t, relief_t) end
            as replaceable_t,
        case when losses.scope = 'area_imports' then us_supply.industry_stock_t end as stock_t,
        losses.lost_t - replaceable_t as unreplaced_t,
        case
            when unreplaced_t is not null
                then greatest(unreplaced_t - coalesce(stock_t, 0) * 365 / losses.horizon_days, 0)
        end as residual_t,
        us_supply.source_ids
    from losses
    inner join us_supply on losses.mineral_id = us_supply.mineral_id and losses.year = us_supply.year
    left join offered
        on
            losses.scenario_id = offered.scenario_id
            and losses.mineral_id = offered.mineral_id
            and losses.lost_supplier_iso3 = offered.lost_supplier_iso3
            and losses.year = offered.year
),

-- customs value of what the USA imports short of finished goods, in the newest year
import_values as (
    select
        mineral_id,
        {{ exact_sum('value_usd') }} as import_value_usd
    from (
        select *
        from {{ ref('fct_import_source') }}
        where
            basis = 'customs_value'
            and period_type = 'year'
            and area = 'USA'
            and stage not in ('scrap', 'end_form')
        qualify period = max(period) over ()
    )
    group by mineral_id
),

critical as (
    select group_id
    from {{ ref('dim_mineral') }}
    where is_critical
),

-- each critical mineral once: a member of a group that has a row of its own counts in the group
counted as (
    select minerals.mineral_id
    from {{ ref('dim_mineral') }} as minerals
    where
        (
            minerals.is_critical
            and (
                minerals.group_id = minerals.mineral_id
                or minerals.group_id not in (select us_supply.mineral_id from us_supply)
            )
        )
        or minerals.mineral_id in (select critical.group_id from critical)
),

valued as (
    select
        balanced.*,
        {{ share('residual_t', 'base_t') }} as shortfall_share,
        shortfall_share * import_values.import_value_usd as shortfall_usd,
        counted.mineral_id is not null as is_counted
    from balanced
    left join import_values on balanced.mineral_id = import_values.mineral_id
    left join counted on balanced.mineral_id = counted.mineral_id
),

suppliers as (
    select
        scenario_id,
        lost_supplier_iso3,
        year,
        coalesce({{ exact_sum('case when is_counted then shortfall_usd end') }}, 0) as supplier_shortfall_usd,
        rank() over (
            partition by scenario_id, year
            order by coalesce({{ exact_sum('case when is_counted then shortfall_usd end') }}, 0) desc
        ) as supplier_rank
    from valued
    group by scenario_id, lost_supplier_iso3, year
)

select
    valued.scenario_id,
    valued.mineral_id,
    valued.lost_supplier_iso3,
    valued.year,
    valued.label,
    valued.scope,
    'USA' as area,
    valued.stage as production_stage,
    valued.base_t,
    valued.lost_t,
    {{ rounded('valued.lost_share', 9) }} as lost_share,
    valued.replaceable_t,
    valued.stock_t,
    valued.residual_t,
    case when valued.lost_t > 0 then {{ rounded('100 * (1 - valued.residual_t / valued.lost_t)', 6) }} end
        as coverage_pct,
    case
        when valued.unreplaced_t > 0
            then {{ rounded(days_of_cover('valued.stock_t', 'valued.unreplaced_t'), 1) }}
    end as days_to_shortfall,
    {{ rounded('valued.shortfall_share', 9) }} as shortfall_share,
    round(valued.shortfall_usd)::bigint as shortfall_usd,
    valued.is_counted as is_in_supplier_total,
    row_number() over (
        partition by valued.scenario_id, valued.mineral_id, valued.year
        order by valued.residual_t desc nulls last, valued.lost_share desc, valued.lost_supplier_iso3 asc
    )::integer as mineral_rank,
    round(suppliers.supplier_shortfall_usd)::bigint as supplier_shortfall_usd,
    suppliers.supplier_rank::integer as supplier_rank,
    case
        when valued.lost_t is null then 'imports_not_published'
        when valued.relief_t is null then 'production_not_published'
        when valued.withheld > 0 then 'production_withheld'
        when valued.scope = 'area_imports' and valued.stock_t is null then 'stocks_not_published'
        when valued.with_capacity = 0 then 'capacity_assumed'
        else 'complete'
    end as coverage,
    concat_ws(';', valued.source_ids, if(valued.shortfall_usd is not null, 'census_api', null)) as source_ids
from valued
inner join suppliers
    on
        valued.scenario_id = suppliers.scenario_id
        and valued.lost_supplier_iso3 = suppliers.lost_supplier_iso3
        and valued.year = suppliers.year
