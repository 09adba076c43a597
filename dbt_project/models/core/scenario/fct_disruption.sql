-- Loss of a supplier: what others can and cannot replace, under each set of assumptions. The loss of the USA
-- is measured against US imports, the loss of the world against world output. Only output at the imported
-- stage can replace it, and only the spare capacity of operating plants.
{#- longer cover by stocks is not stated in days #}
{%- set longest_years = 10 %}
with us_supply as (
    select *
    from {{ ref('fct_us_supply') }}
    where year in (select world.year from {{ ref('fct_world_supply') }} as world)
),

-- an edition prints capacity for one or two years, but plants exist longer
world as (
    select
        *,
        capacity_t is null and coalesce(outlook_capacity_year, 0) != year as is_capacity_carried,
        outlook_capacity_t is not null as is_capacity_of_outlook,
        coalesce(
            capacity_t, max(capacity_t) over (partition by mineral_id, country_iso3), outlook_capacity_t
        ) as held_capacity_t
    from {{ ref('fct_world_supply') }}
),

feeds as (
    select distinct
        mineral_id,
        producer_iso3,
        tied_to_iso3
    from {{ ref('producer_feeds') }}
),

not_asked as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'FEOC' and is_member_today
),

import_values as (
    select
        mineral_id,
        year,
        max(import_value_usd) as import_value_usd,
        max(source_id) as source_id
    from {{ ref('fct_us_supplier_year') }}
    group by mineral_id, year
),

-- A supplier sells no more than it makes, where its output at the imported stage is published. Output of one
-- form does not limit imports of several.
sold as (
    select
        us_supply.mineral_id,
        us_supply.year,
        us_supply.imports_t,
        suppliers.supplier_iso3,
        suppliers.import_share,
        suppliers.share_basis,
        suppliers.share_period,
        suppliers.four_years_share,
        suppliers.supplier_value_usd,
        suppliers.import_value_usd,
        suppliers.source_id,
        case
            when makers.is_stage_of_reliance and not coalesce(us_supply.is_several_forms, false)
                then coalesce(makers.production_high_t, makers.production_t)
        end as output_t,
        coalesce(us_supply.imports_t * suppliers.import_share > output_t, false) as is_above_output
    from us_supply
    inner join {{ ref('fct_us_supplier_year') }} as suppliers
        on us_supply.mineral_id = suppliers.mineral_id and us_supply.year = suppliers.year
    left join world as makers
        on
            suppliers.mineral_id = makers.mineral_id
            and suppliers.year = makers.year
            and suppliers.supplier_iso3 = makers.country_iso3
            and suppliers.supplier_iso3 != 'ZZZ'
    where suppliers.import_share is not null
),

-- deliveries of each supplier, in both scopes
given as (
    select
        'area_imports' as scope,
        mineral_id,
        year,
        supplier_iso3,
        imports_t as base_t,
        case when is_above_output then output_t else imports_t * import_share end as given_t,
        case when is_above_output then output_t / imports_t else import_share end as given_share,
        case when is_above_output then 'output_of_supplier' else share_basis end as share_basis,
        case when is_above_output then year::string else share_period end as share_period,
        four_years_share,
        supplier_value_usd,
        import_value_usd,
        source_id as customs_source_id
    from sold
    union all
    select
        'world_output' as scope,
        world.mineral_id,
        world.year,
        world.country_iso3 as supplier_iso3,
        world.world_t as base_t,
        world.production_t as given_t,
        world.world_share as given_share,
        'output_of_year' as share_basis,
        world.year::string as share_period,
        null::double as four_years_share,
        null::bigint as supplier_value_usd,
        import_values.import_value_usd,
        import_values.source_id as customs_source_id
    from world
    left join import_values on world.mineral_id = import_values.mineral_id and world.year = import_values.year
    where world.world_share > 0 and world.mineral_id in (select us_supply.mineral_id from us_supply)
),

-- imports from suppliers that cannot replace the lost one, by lost supplier
ineligible_imports as (
    select
        given.mineral_id,
        given.year,
        given.supplier_iso3 as lost_supplier_iso3,
        {{ exact_sum('other_given.given_t') }} as imports_t
    from given
    inner join given as other_given
        on
            given.scope = other_given.scope
            and given.mineral_id = other_given.mineral_id
            and given.year = other_given.year
            and given.supplier_iso3 != other_given.supplier_iso3
    left join feeds
        on
            other_given.mineral_id = feeds.mineral_id
            and other_given.supplier_iso3 = feeds.producer_iso3
            and given.supplier_iso3 = feeds.tied_to_iso3
    where
        given.scope = 'area_imports'
        and (
            feeds.producer_iso3 is not null
            or other_given.supplier_iso3 in (select not_asked.iso3 from not_asked)
        )
    group by given.mineral_id, given.year, given.supplier_iso3
),

losses as (
    select
        shocks.assumption_id,
        shocks.assumption_label,
        shocks.is_default,
        shocks.scenario_id,
        shocks.label,
        shocks.scope,
        given.mineral_id,
        given.year,
        given.supplier_iso3 as lost_supplier_iso3,
        given.base_t,
        given.given_t,
        given.given_t - coalesce(shocks.retained_t, given.given_t * shocks.retained_share) as unfloored_t,
        case when unfloored_t is not null then greatest(unfloored_t, 0) end as lost_t,
        coalesce(lost_t / nullif(given.base_t, 0), given.given_share * (1 - shocks.retained_share))
            as lost_share,
        given.given_share,
        given.share_basis,
        given.share_period,
        given.four_years_share,
        given.supplier_value_usd,
        given.import_value_usd,
        given.customs_source_id,
        shocks.utilisation_max_share,
        shocks.growth_without_capacity_share,
        shocks.divertible,
        shocks.divertible_max_share,
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

-- Replacement excludes adversaries, producers that depend on the lost country's feed, and those that sell it
-- their own. The importer's own capacity is not an import. It is not known who the unnamed countries are:
-- their printed capacity counts in the lower bound only.
offers as (
    select
        losses.assumption_id,
        losses.scenario_id,
        losses.mineral_id,
        losses.lost_supplier_iso3,
        losses.year,
        world.stage,
        world.world_t,
        world.country_iso3,
        world.production_t,
        world.held_capacity_t,
        world.is_capacity_carried,
        world.is_capacity_of_outlook,
        feeds.producer_iso3 is not null as is_tied,
        not_asked.iso3 is null
        and feeds.producer_iso3 is null
        and (losses.scope = 'world_output' or world.country_iso3 != 'USA') as is_eligible,
        is_eligible and world.country_iso3 != 'ZZZ' as is_asked,
        {{ spare_output(
            'world.production_t',
            'world.held_capacity_t',
            'losses.utilisation_max_share',
            'losses.growth_without_capacity_share'
        ) }} as spare_t
    from losses
    inner join world
        on
            losses.mineral_id = world.mineral_id
            and losses.year = world.year
            and losses.lost_supplier_iso3 != world.country_iso3
    left join feeds
        on
            losses.mineral_id = feeds.mineral_id
            and losses.lost_supplier_iso3 = feeds.tied_to_iso3
            and world.country_iso3 = feeds.producer_iso3
    left join not_asked on world.country_iso3 = not_asked.iso3
    where losses.scope = 'world_output' or world.is_stage_of_reliance
),

offered as (
    select
        assumption_id,
        scenario_id,
        mineral_id,
        lost_supplier_iso3,
        year,
        {{ any_known('stage') }} as stage,
        max(world_t) as world_t,
        -- one unknown eligible producer makes the sum unknown; without eligible producers it is 0
        case
            when count(*) filter (where is_asked and spare_t is null) = 0
                then coalesce({{ exact_sum('case when is_asked then spare_t end') }}, 0)
        end as spare_t,
        coalesce({{ exact_sum('case when is_asked then spare_t end') }}, 0) as known_spare_t,
        coalesce(
            {{ exact_sum(
                'case when is_eligible and not is_asked and held_capacity_t is not null then spare_t end'
            ) }},
            0
        ) as unnamed_spare_t,
        coalesce({{ exact_sum('case when is_eligible then production_t end') }}, 0) as eligible_t,
        coalesce({{ exact_sum('case when not is_eligible then production_t end') }}, 0) as ineligible_t,
        count(*) filter (where is_asked and production_t is null) as withheld,
        bool_or(is_asked and spare_t is not null and held_capacity_t is not null and is_capacity_carried)
            as is_capacity_carried,
        bool_or(is_asked and spare_t is not null and is_capacity_of_outlook) as is_capacity_of_outlook,
        bool_or(is_asked and held_capacity_t is null and production_t > 0) as has_unprinted_capacity,
        {{ joined('country_iso3', ';', where='is_tied') }} as tied_producers
    from offers
    group by assumption_id, scenario_id, mineral_id, lost_supplier_iso3, year
),

-- The importer gets the same share of additional output as of current output on the market that is left: its
-- imports from eligible suppliers in the output of eligible producers.
shared as (
    select
        losses.*,
        us_supply.stage as import_stage,
        offered.stage as production_stage,
        offered.withheld,
        offered.is_capacity_carried,
        offered.is_capacity_of_outlook,
        offered.has_unprinted_capacity,
        offered.tied_producers,
        offered.spare_t,
        offered.known_spare_t,
        offered.unnamed_spare_t,
        greatest(losses.base_t - losses.given_t - coalesce(ineligible_imports.imports_t, 0), 0)
            as market_imports_t,
        greatest(
            offered.world_t - coalesce(lost_output.production_t, 0) - offered.ineligible_t,
            offered.eligible_t
        ) as market_output_t,
        case
            when losses.divertible = 'none' then 0
            when losses.scope = 'world_output' or losses.divertible = 'all' then 1
            when offered.world_t > 0 and market_output_t = 0 then 0
            when offered.world_t > 0 and losses.base_t is not null and losses.given_t is not null
                then least(losses.divertible_max_share, {{ share('market_imports_t', 'market_output_t') }})
        end as divertible_share,
        case when losses.scope = 'area_imports' then losses.secondary_growth_share else 0 end
        * coalesce(us_supply.secondary_production_t, 0) as secondary_t,
        case when losses.scope = 'area_imports' then us_supply.industry_stock_t end as stock_t,
        us_supply.source_ids
    from losses
    inner join us_supply on losses.mineral_id = us_supply.mineral_id and losses.year = us_supply.year
    left join offered
        on
            losses.assumption_id = offered.assumption_id
            and losses.scenario_id = offered.scenario_id
            and losses.mineral_id = offered.mineral_id
            and losses.lost_supplier_iso3 = offered.lost_supplier_iso3
            and losses.year = offered.year
    left join world as lost_output
        on
            losses.mineral_id = lost_output.mineral_id
            and losses.year = lost_output.year
            and losses.lost_supplier_iso3 = lost_output.country_iso3
    left join ineligible_imports
        on
            losses.scope = 'area_imports'
            and losses.mineral_id = ineligible_imports.mineral_id
            and losses.year = ineligible_imports.year
            and losses.lost_supplier_iso3 = ineligible_imports.lost_supplier_iso3
),

balanced as (
    select
        *,
        case
            when divertible = 'none' then 0
            -- known spare capacity is sufficient, regardless of the rest
            when divertible_share * known_spare_t + secondary_t >= lost_t then lost_t
            when lost_t is not null and spare_t is not null and divertible_share * unnamed_spare_t = 0
                then divertible_share * spare_t + secondary_t
        end as replaceable_t,
        lost_t - replaceable_t as unreplaced_t,
        case when divertible = 'none' then lost_share else {{ share('unreplaced_t', 'base_t') }} end
            as unreplaced_share,
        -- Known spare capacity is subtracted in both bounds, that of unnamed countries in the lower one only.
        coalesce(
            unreplaced_share,
            greatest(
                lost_share
                - coalesce((divertible_share * known_spare_t + secondary_t) / nullif(base_t, 0), 0),
                0
            )
        ) as unreplaced_share_high,
        coalesce(
            unreplaced_share,
            case
                when spare_t is not null
                    then greatest(
                        lost_share
                        - (divertible_share * (spare_t + unnamed_spare_t) + secondary_t) / nullif(base_t, 0),
                        0
                    )
            end,
            0
        ) as unreplaced_share_low
    from shared
),

critical as (
    select group_id
    from {{ ref('dim_mineral') }}
    where is_critical
),

-- each critical mineral once: a member of a group with a row of its own counts as part of the group
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

-- The part of the supplier's customs sales in the year that others do not replace: never more than it sold,
-- whatever the basis of the share. If the share is not of the year's customs, or the supplier makes none and
-- sold goods made elsewhere, the value lies between 0 and all that it sold, unless nothing is replaced. A
-- loss of world output is valued at all US imports.
valued as (
    select
        balanced.*,
        case
            when balanced.scope = 'world_output' then balanced.import_value_usd
            else balanced.supplier_value_usd / nullif(balanced.given_share, 0)
        end as value_of_all_usd,
        balanced.scope = 'area_imports' and balanced.given_share = 0 and balanced.supplier_value_usd > 0
            as is_made_elsewhere,
        balanced.scope = 'area_imports'
        and coalesce(balanced.share_basis != 'customs_value_of_year', false)
        and balanced.divertible != 'none' as is_of_other_goods,
        case
            when balanced.supplier_value_usd = 0 then 0
            when not is_of_other_goods then balanced.unreplaced_share * value_of_all_usd
        end as value_not_replaced,
        case
            when balanced.supplier_value_usd = 0 or is_of_other_goods then 0
            else balanced.unreplaced_share_low * value_of_all_usd
        end as value_not_replaced_low,
        case
            when is_made_elsewhere or is_of_other_goods or balanced.supplier_value_usd = 0
                then balanced.supplier_value_usd
            else balanced.unreplaced_share_high * value_of_all_usd
        end as value_not_replaced_high,
        counted.mineral_id is not null as is_counted,
        counted.mineral_id is not null
        and (
            is_made_elsewhere
            or is_of_other_goods and balanced.supplier_value_usd > 0
            or balanced.lost_share > 0 and (balanced.unreplaced_share is null or value_of_all_usd is null)
        ) as is_not_measured
    from balanced
    left join counted on balanced.mineral_id = counted.mineral_id
),

-- all minerals of a scenario have equal weight, including those that a supplier does not sell
scenario_minerals as (
    select
        scenario_id,
        year,
        count(distinct mineral_id) as minerals
    from valued
    where is_counted
    group by scenario_id, year
),

suppliers as (
    select
        valued.assumption_id,
        valued.scenario_id,
        valued.lost_supplier_iso3,
        valued.year,
        coalesce({{ exact_sum('case when valued.is_counted then valued.unreplaced_share_low end') }}, 0)
        / max(scenario_minerals.minerals) as unreplaced_share_low,
        coalesce({{ exact_sum('case when valued.is_counted then valued.unreplaced_share_high end') }}, 0)
        / max(scenario_minerals.minerals) as unreplaced_share_high,
        coalesce(
            {{ exact_sum('case when valued.is_counted then valued.value_not_replaced_low end') }},
            0
        ) as value_not_replaced_usd,
        coalesce(
            {{ exact_sum('case when valued.is_counted then valued.value_not_replaced_high end') }},
            0
        ) as value_not_replaced_high_usd,
        {{ joined('valued.mineral_id', ';', where='valued.is_not_measured') }} as minerals_not_measured
    from valued
    inner join scenario_minerals
        on valued.scenario_id = scenario_minerals.scenario_id and valued.year = scenario_minerals.year
    group by valued.assumption_id, valued.scenario_id, valued.lost_supplier_iso3, valued.year
),

-- where bounds overlap, a rank is a range: behind those that certainly leave more, and before those that
-- certainly leave less
supplier_ranks as (
    {{ ranks_between_bounds(
        'suppliers',
        ['lost_supplier_iso3'],
        ['assumption_id', 'scenario_id', 'year'],
        'unreplaced_share_low',
        'unreplaced_share_high'
    ) }}
),

mineral_ranks as (
    {{ ranks_between_bounds(
        'valued',
        ['lost_supplier_iso3'],
        ['assumption_id', 'scenario_id', 'mineral_id', 'year'],
        'unreplaced_share_low',
        'unreplaced_share_high'
    ) }}
)

select
    valued.assumption_id,
    valued.assumption_label,
    valued.is_default,
    valued.scenario_id,
    valued.mineral_id,
    valued.lost_supplier_iso3,
    valued.year,
    valued.label,
    valued.scope,
    valued.import_stage,
    valued.production_stage,
    valued.base_t,
    valued.lost_t,
    {{ rounded('valued.lost_share', 9) }} as lost_share,
    valued.spare_t,
    valued.unnamed_spare_t,
    {{ rounded('valued.divertible_share', 9) }} as divertible_share,
    valued.replaceable_t,
    valued.unreplaced_t,
    {{ rounded('valued.unreplaced_share', 9) }} as unreplaced_share,
    {{ rounded('valued.unreplaced_share_low', 9) }} as unreplaced_share_low,
    {{ rounded('valued.unreplaced_share_high', 9) }} as unreplaced_share_high,
    case when valued.lost_t > 0 then {{ rounded('100 * valued.replaceable_t / valued.lost_t', 6) }} end
        as coverage_pct,
    valued.stock_t,
    case
        when valued.stock_t is not null and valued.unreplaced_t is not null
            then greatest(valued.unreplaced_t - valued.stock_t * 365 / valued.horizon_days, 0)
    end as residual_t,
    case
        when valued.unreplaced_t > 0 and valued.stock_t <= valued.unreplaced_t * {{ longest_years }}
            then {{ rounded(days_of_cover('valued.stock_t', 'valued.unreplaced_t'), 1) }}
    end as days_to_shortfall,
    valued.share_basis,
    valued.share_period,
    {{ rounded('valued.four_years_share', 9) }} as four_years_share,
    valued.supplier_value_usd,
    valued.import_value_usd,
    round(valued.value_not_replaced)::bigint as value_not_replaced_usd,
    round(valued.value_not_replaced_low)::bigint as value_not_replaced_low_usd,
    round(valued.value_not_replaced_high)::bigint as value_not_replaced_high_usd,
    valued.is_counted as is_in_supplier_total,
    mineral_ranks.rank_at_most as mineral_rank,
    mineral_ranks.rank_from as mineral_rank_from,
    mineral_ranks.rank_to as mineral_rank_to,
    {{ rounded('suppliers.unreplaced_share_low', 9) }} as supplier_unreplaced_share_low,
    {{ rounded('suppliers.unreplaced_share_high', 9) }} as supplier_unreplaced_share_high,
    round(suppliers.value_not_replaced_usd)::bigint as supplier_value_not_replaced_usd,
    round(suppliers.value_not_replaced_high_usd)::bigint as supplier_value_not_replaced_high_usd,
    supplier_ranks.rank_at_most as supplier_rank,
    supplier_ranks.rank_from as supplier_rank_from,
    supplier_ranks.rank_to as supplier_rank_to,
    suppliers.minerals_not_measured,
    valued.tied_producers as tied_producers_iso3,
    case
        when valued.is_made_elsewhere then 'not_made_by_supplier'
        when valued.production_stage is null then 'no_output_table_at_stage'
        when valued.lost_t is null then 'imports_not_published'
        when valued.withheld > 0 then 'production_withheld'
        when valued.has_unprinted_capacity and valued.replaceable_t is null then 'capacity_not_printed'
        when valued.replaceable_t is null and valued.unnamed_spare_t > 0 then 'capacity_of_unnamed_countries'
        when valued.has_unprinted_capacity then 'capacity_assumed'
        when valued.is_capacity_carried then 'capacity_of_another_year'
        when valued.scope = 'area_imports' and valued.stock_t is null then 'stocks_not_published'
        else 'complete'
    end as coverage,
    concat_ws(
        ';',
        valued.source_ids,
        valued.customs_source_id,
        if(valued.is_capacity_of_outlook, 'usgs_outlook', null)
    ) as source_ids
from valued
left join suppliers
    on
        valued.assumption_id = suppliers.assumption_id
        and valued.scenario_id = suppliers.scenario_id
        and valued.lost_supplier_iso3 = suppliers.lost_supplier_iso3
        and valued.year = suppliers.year
left join supplier_ranks
    on
        suppliers.assumption_id = supplier_ranks.assumption_id
        and suppliers.scenario_id = supplier_ranks.scenario_id
        and suppliers.lost_supplier_iso3 = supplier_ranks.lost_supplier_iso3
        and suppliers.year = supplier_ranks.year
left join mineral_ranks
    on
        valued.assumption_id = mineral_ranks.assumption_id
        and valued.scenario_id = mineral_ranks.scenario_id
        and valued.mineral_id = mineral_ranks.mineral_id
        and valued.lost_supplier_iso3 = mineral_ranks.lost_supplier_iso3
        and valued.year = mineral_ranks.year
