-- Two questions about a bloc. non_bloc_dependency: how far the USA would still depend on suppliers outside
-- the bloc. whole_dependency: how far the bloc as one, including its members' own needs, would depend on the
-- rest of the world. It is a figure if the bloc's trade and output are held, otherwise at most a lower bound.
with us_supply as (
    select *
    from {{ ref('fct_us_supply') }}
    where year in (select world.year from {{ ref('fct_world_supply') }} as world)
),

suppliers as (
    select * from {{ ref('fct_us_supplier') }}
),

scenarios as (
    select
        scenario_id,
        {{ any_known('label') }} as label,
        {{ joined('iso3', ';') }} as members,
        {{ sorted_list('iso3') }} as member_list,
        count(*)::integer as member_count,
        count(*) filter (where iso3 != 'USA') as partner_count
    from {{ ref('dim_bloc_scenario') }}
    group by scenario_id
),

cells as (
    select
        scenarios.scenario_id,
        scenarios.label,
        scenarios.members,
        scenarios.member_list,
        scenarios.member_count,
        scenarios.partner_count,
        us_supply.*
    from scenarios
    cross join us_supply
),

suppliers_of as (
    select
        cells.scenario_id,
        cells.mineral_id,
        cells.year,
        cells.partner_count,
        suppliers.supplier_iso3,
        suppliers.import_share,
        suppliers.import_share_low,
        suppliers.import_share_high,
        array_contains(cells.member_list, suppliers.supplier_iso3) as is_member
    from cells
    left join suppliers on cells.mineral_id = suppliers.mineral_id
),

-- an unnamed supplier may be an unnamed member
sourced as (
    select
        scenario_id,
        mineral_id,
        year,
        count(supplier_iso3) > 0 as has_sources,
        {{ share_sum('case when is_member then import_share end') }} as covered_share,
        {{ share_sum('case when is_member then import_share_low end') }} as covered_low_share,
        {{ share_sum('case when is_member then import_share_high end') }} as named_high_share,
        {{ share_sum("case when supplier_iso3 = 'ZZZ' then import_share end") }} as unnamed_share,
        max(partner_count) > count(*) filter (where is_member) as has_unnamed_member
    from suppliers_of
    group by scenario_id, mineral_id, year
),

covered as (
    select
        scenario_id,
        mineral_id,
        year,
        has_sources,
        unnamed_share,
        case when has_sources or not has_unnamed_member then covered_share end as covered_share,
        covered_low_share,
        case
            when not has_unnamed_member then named_high_share
            when not has_sources then 1
            else least(named_high_share + unnamed_share, 1)
        end as covered_high_share
    from sourced
),

producers_of as (
    select
        cells.scenario_id,
        world.*,
        array_contains(cells.member_list, world.country_iso3) as is_member
    from cells
    inner join {{ ref('fct_world_supply') }} as world
        on cells.mineral_id = world.mineral_id and cells.year = world.year
    where world.world_t > 0
),

-- an unknown output of a member leaves the point open; the bloc produces at most what others are not known to
-- produce
produced as (
    select
        scenario_id,
        mineral_id,
        year,
        {{ any_known('stage') }} as stage,
        bool_and(is_stage_of_reliance) as is_stage_of_reliance,
        max(world_t) as world_t,
        {{ share_sum('case when is_member then world_share_low end') }} as low_share,
        case when count(*) filter (where is_member and world_share is null) = 0 then low_share end
            as point_share,
        greatest(
            1 - {{ share_sum("case when not is_member and country_iso3 != 'ZZZ' then world_share_low end") }},
            low_share
        ) as high_share
    from producers_of
    group by scenario_id, mineral_id, year
),

joined as (
    select
        cells.*,
        covered.has_sources,
        covered.unnamed_share,
        covered.covered_share,
        covered.covered_low_share,
        covered.covered_high_share,
        produced.stage as production_stage,
        produced.point_share,
        produced.low_share,
        produced.high_share,
        trade.imports_t as bloc_imports_t,
        trade.exports_t as bloc_exports_t,
        trade.source_id as trade_source_id,
        produced.point_share * produced.world_t as bloc_production_t,
        -- the bloc's primary needs are at least those of the USA and at most the world's output
        case when produced.is_stage_of_reliance then produced.high_share * produced.world_t end
            as bloc_production_high_t,
        cells.apparent_consumption_t - coalesce(cells.secondary_production_t, 0) as us_primary_consumption_t
    from cells
    inner join covered
        on
            cells.scenario_id = covered.scenario_id
            and cells.mineral_id = covered.mineral_id
            and cells.year = covered.year
    left join produced
        on
            cells.scenario_id = produced.scenario_id
            and cells.mineral_id = produced.mineral_id
            and cells.year = produced.year
    left join {{ ref('fct_bloc_scenario_trade') }} as trade
        on
            cells.scenario_id = trade.scenario_id
            and cells.mineral_id = trade.mineral_id
            and cells.year = trade.year
            and produced.stage = trade.stage
),

dependencies as (
    select
        *,
        {{ non_bloc_dependency_pct('reliance_pct', 'covered_share') }} as dependency_pct,
        {{ non_bloc_dependency_pct('reliance_low_pct', 'covered_high_share') }} as dependency_low_pct,
        {{ non_bloc_dependency_pct('reliance_high_pct', 'covered_low_share') }} as dependency_high_pct,
        greatest({{ net_import_reliance_pct(
            'bloc_imports_t - bloc_exports_t', 'bloc_production_t + bloc_imports_t - bloc_exports_t'
        ) }}, 0) as traded_pct,
        -- greatest() skips missing values: if nothing is known, the result is 0
        greatest({{ unmet_consumption_pct('bloc_production_high_t', 'us_primary_consumption_t') }}, 0)
            as needs_low_pct
    from joined
)

select
    scenario_id,
    mineral_id,
    year,
    label,
    members,
    member_count,
    'USA' as area,
    edition,
    basis,
    reliance_pct as net_import_reliance_pct,
    reliance_low_pct as nir_low_pct,
    reliance_high_pct as nir_high_pct,
    {{ rounded('100 * covered_share', 6) }} as import_share_covered_pct,
    {{ rounded('100 * covered_low_share', 6) }} as import_share_covered_low_pct,
    {{ rounded('100 * covered_high_share', 6) }} as import_share_covered_high_pct,
    {{ rounded('dependency_pct', 6) }} as non_bloc_dependency_pct,
    {{ rounded('dependency_low_pct', 6) }} as non_bloc_dependency_low_pct,
    {{ rounded('dependency_high_pct', 6) }} as non_bloc_dependency_high_pct,
    case
        when non_bloc_dependency_pct < 50 or non_bloc_dependency_high_pct < 50 then true
        when non_bloc_dependency_low_pct >= 50 then false
    end as below_50_pct,
    production_stage,
    {{ rounded('point_share', 9) }} as bloc_production_share,
    {{ rounded('low_share', 9) }} as bloc_production_share_low,
    {{ rounded('high_share', 9) }} as bloc_production_share_high,
    case
        when bloc_imports_t is not null and bloc_production_t is not null then {{ rounded('traded_pct', 6) }}
    end as whole_dependency_pct,
    coalesce(whole_dependency_pct, {{ rounded('nullif(needs_low_pct, 0)', 6) }}) as whole_dependency_low_pct,
    case
        when whole_dependency_pct is not null then 'trade_and_production'
        when needs_low_pct > 0 then 'lower_bound_from_needs'
        else 'not_measured'
    end as whole_dependency_method,
    case
        when reliance_pct is null then 'reliance_bounded'
        when not has_sources then 'sources_not_published'
        when unnamed_share > 0 then 'remainder_not_allocated'
        else 'complete'
    end as coverage,
    concat_ws(';', {{ unless_listed('trade_source_id', 'source_ids') }}, source_ids) as source_ids
from dependencies
