-- Where investment in mining or processing would close a gap: shares of North America and China in world
-- mining and refining, ore exports alongside imports of refined metal, and consumption that domestic output
-- does not meet. Mine and refinery output are shown separately and never added.
{#- the mine table is of magnesite for refractories, and of ilmenite, most of which goes into pigment #}
{%- set ores_of_another_use = "('magnesium', 'titanium')" %}
with bloc as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA' and is_member_today
),

summaries as (
    select
        mineral_id,
        stage,
        year,
        country_iso3,
        edition,
        production,
        production_t,
        coalesce(production_low_t, production) as production_low,
        coalesce(production_high_t, production) as production_high,
        qualifier,
        is_bloc,
        is_world,
        reserves_t,
        world_share,
        source_id,
        archive_id
    from {{ ref('world_production') }}
    qualify edition = max(edition) over (partition by mineral_id, stage, year)
),

-- refinery output of the British Geological Survey, for minerals for which the Summaries print none: it has
-- no world total, so the listed countries count as the world
second_opinion as (
    select
        opinion.mineral_id,
        opinion.stage,
        opinion.year,
        opinion.country_iso3,
        opinion.edition,
        opinion.production,
        opinion.production_t,
        coalesce(opinion.production_low_t, opinion.production) as production_low,
        coalesce(opinion.production_high_t, opinion.production) as production_high,
        opinion.qualifier,
        bloc.iso3 is not null as is_bloc,
        false as is_world,
        null::double as reserves_t,
        {{ share(
            'opinion.production',
            'sum(opinion.production) over'
            ~ ' (partition by opinion.mineral_id, opinion.stage, opinion.year)'
        ) }} as world_share,
        opinion.source_id,
        opinion.archive_id
    from {{ ref('fct_production') }} as opinion
    left join bloc on opinion.country_iso3 = bloc.iso3
    where
        opinion.source_id = 'bgs_wms'
        and opinion.stage != 'ore_concentrate'
        and opinion.mineral_id not in (
            select summaries.mineral_id
            from summaries
            where summaries.stage != 'ore_concentrate' and summaries.production is not null
        )
),

production as (
    select * from summaries
    union all
    select * from second_opinion
),

-- the most processed of the printed stages
steps as (
    select
        mineral_id,
        stage,
        case when stage = 'ore_concentrate' then 'mine' else 'refinery' end as step
    from production
    where production is not null
    group by mineral_id, stage
    qualify row_number() over (
        partition by mineral_id, stage = 'ore_concentrate'
        order by
            {{ rank_in_list(
                'stage', ['refined_metal', 'compound', 'alloy_semi', 'intermediate']
            ) }} nulls last,
            stage
    ) = 1
),

tables as (
    select
        production.mineral_id,
        production.year,
        steps.step,
        {{ any_known('steps.stage') }} as stage,
        max(production.edition) as edition,
        min(production.source_id) as source_id,
        count(*) filter (where production.is_bloc and production.qualifier is not null) as members_listed,
        count(*) filter (where production.is_bloc and production.qualifier = 'W') as members_withheld,
        {{ exact_sum('case when production.is_bloc then production.production_t end') }} as known_t,
        coalesce({{ exact_sum('case when production.is_bloc then production.production_low end') }}, 0)
            as low,
        coalesce({{ exact_sum('case when production.is_bloc then production.production_high end') }}, 0)
            as high_of_listed,
        coalesce(
            {{ exact_sum(
                "case when not production.is_world and production.country_iso3 != 'ZZZ'"
                ~ " then production.production_low end"
            ) }},
            0
        ) as named,
        -- the Summaries print a world total, or none if the output of others is unknown: then no share is
        -- known either
        coalesce(
            max(production.production) filter (where production.is_world),
            case
                when min(production.source_id) = 'bgs_wms'
                    then {{ exact_sum('production.production') }}
            end
        ) as world,
        max(production.world_share) filter (where production.country_iso3 = 'CHN') as china_share,
        max(production.production_t) filter (where production.is_world) as world_t,
        {{ exact_sum('case when production.is_bloc then production.reserves_t end') }} as usmca_reserves_t,
        min(production.archive_id) as archive_id
    from production
    inner join steps on production.mineral_id = steps.mineral_id and production.stage = steps.stage
    group by production.mineral_id, production.year, steps.step
    having count(production.production) > 0
),

-- A member missing from a table does not have zero output: it produces at most what the named countries leave
-- of the world total. A withheld member may not be included in the printed world total at all.
bounded as (
    select
        *,
        {{ share('low', 'world') }} as low_share,
        case
            when members_withheld = 0 and world is not null then least(
                {{ share(
                    'high_of_listed + case when members_listed < 3 then greatest(world - named, 0) else 0 end',
                    'world'
                ) }},
                1
            )
        end as high_share
    from tables
),

-- bounds within a hundredth of world output count as a figure
shares as (
    select
        *,
        case when high_share - low_share <= 0.01 then low_share end as usmca_share,
        case when high_share - low_share <= 0.01 then known_t end as usmca_t
    from bounded
),

-- an edition states reserves for one year
reserves as (
    select
        mineral_id,
        usmca_reserves_t
    from shares
    where step = 'mine' and usmca_reserves_t is not null
    qualify row_number() over (partition by mineral_id order by edition desc, year desc) = 1
),

years as (
    select
        mineral_id,
        year,
        mineral_id in {{ ores_of_another_use }} as is_of_another_use,
        max(edition) as edition,
        {%- for step in ['mine', 'refinery'] %}
            max(stage) filter (where step = '{{ step }}') as {{ step }}_stage,
            max(usmca_t) filter (where step = '{{ step }}') as {{ step }}_usmca_t,
            max(usmca_share) filter (where step = '{{ step }}') as {{ step }}_share_usmca,
            max(low_share) filter (where step = '{{ step }}') as {{ step }}_share_low,
            max(high_share) filter (where step = '{{ step }}') as {{ step }}_share_high,
            max(source_id) filter (where step = '{{ step }}') as {{ step }}_source_id,
            max(china_share) filter (where step = '{{ step }}') as {{ step }}_share_china,
            max(world_t) filter (where step = '{{ step }}') as {{ step }}_world_t,
            coalesce(bool_or(world is null) filter (where step = '{{ step }}'), false)
                as is_{{ step }}_world_unknown,
            max(members_withheld) filter (where step = '{{ step }}') as {{ step }}_withheld,
            max(members_listed) filter (where step = '{{ step }}') as {{ step }}_listed,
        {%- endfor %}
        min(archive_id) as archive_id
    from shares
    group by mineral_id, year
),

trade as (
    select
        mineral_id,
        year,
        max(quantity_t) filter (where side = 'ore' and flow = 'export') as ore_exports_t,
        max(quantity_t) filter (where side = 'refined' and flow = 'import') as refined_imports_t,
        max(basis) filter (where side = 'ore') as ore_basis,
        max(basis) filter (where side = 'refined') as refined_basis
    from {{ ref('fct_stage_trade') }}
    group by mineral_id, year
),

-- the three as one if known, otherwise the USA
consumption as (
    select
        mineral_id,
        year,
        stage,
        source_ids,
        case when bloc_consumption_t is not null then 'USMCA' else 'USA' end as area,
        coalesce(bloc_consumption_t, usa_consumption_t) as consumption_t,
        case when bloc_consumption_t is not null then bloc_reliance_pct else usa_reliance_pct end
            as reliance_pct,
        case when bloc_consumption_t is not null then bloc_reliance_low_pct else usa_reliance_low_pct end
            as low_pct,
        case when bloc_consumption_t is not null then bloc_reliance_high_pct else usa_reliance_high_pct end
            as high_pct
    from {{ ref('fct_consumption') }}
)

select
    years.mineral_id,
    years.year,
    years.edition,
    years.mine_share_usmca,
    years.mine_share_low as mine_share_usmca_low,
    years.mine_share_high as mine_share_usmca_high,
    years.mine_share_china,
    years.mine_usmca_t,
    years.mine_world_t,
    years.refinery_stage,
    years.refinery_source_id,
    years.refinery_share_usmca,
    years.refinery_share_low as refinery_share_usmca_low,
    years.refinery_share_high as refinery_share_usmca_high,
    years.refinery_share_china,
    years.refinery_usmca_t,
    years.refinery_world_t,
    case when not years.is_of_another_use then 100 * (years.mine_share_usmca - years.refinery_share_usmca) end
        as processing_deficit_pp,
    case when not years.is_of_another_use then 100 * (years.mine_share_low - years.refinery_share_high) end
        as processing_deficit_low_pp,
    case when not years.is_of_another_use then 100 * (years.mine_share_high - years.refinery_share_low) end
        as processing_deficit_high_pp,
    reserves.usmca_reserves_t,
    case
        when years.mine_usmca_t > 0 then {{ unit_value('reserves.usmca_reserves_t', 'years.mine_usmca_t') }}
    end as reserves_to_production_years,
    trade.ore_exports_t as usa_ore_exports_t,
    trade.ore_basis as usa_ore_basis,
    trade.refined_imports_t as usa_refined_imports_t,
    trade.refined_basis as usa_refined_basis,
    consumption.area as consumption_area,
    consumption.stage as consumption_stage,
    consumption.consumption_t,
    {{ rounded('consumption.consumption_t * consumption.reliance_pct / 100', 3) }}
        as consumption_gap_t,
    {{ rounded('consumption.consumption_t * consumption.low_pct / 100', 3) }} as consumption_gap_low_t,
    {{ rounded('consumption.consumption_t * consumption.high_pct / 100', 3) }} as consumption_gap_high_t,
    coalesce(
        nullif(
            concat_ws(
                ';',
                case when years.mine_stage is null then 'no_mine_table' end,
                case when years.refinery_stage is null then 'no_refinery_table' end,
                case
                    when
                        years.is_of_another_use
                        and years.mine_stage is not null
                        and years.refinery_stage is not null
                        then 'mine_table_of_another_use'
                end,
                case
                    when years.is_mine_world_unknown or years.is_refinery_world_unknown
                        then 'world_total_not_printed'
                end,
                case when years.mine_withheld > 0 or years.refinery_withheld > 0 then 'member_withheld' end,
                case
                    when years.mine_listed < 3 or years.refinery_listed < 3 then 'members_not_listed'
                end,
                case when consumption.consumption_t is null then 'consumption_not_known' end
            ),
            ''
        ),
        'complete'
    ) as coverage,
    concat_ws(
        ';',
        coalesce(consumption.source_ids, 'usgs_mcs'),
        case
            when years.refinery_source_id = 'bgs_wms'
                then {{ unless_listed("'bgs_wms'", 'consumption.source_ids') }}
        end
    ) as source_ids,
    years.archive_id
from years
left join reserves on years.mineral_id = reserves.mineral_id
left join trade on years.mineral_id = trade.mineral_id and years.year = trade.year
left join consumption on years.mineral_id = consumption.mineral_id and years.year = consumption.year
