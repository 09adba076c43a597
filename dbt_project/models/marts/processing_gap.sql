-- Where investment in mining or processing would close a gap: what North America and China mine and refine of
-- the world, ore that leaves while refined metal comes in, and the consumption that domestic output does not
-- meet. Mine and refinery output stand side by side and are never added.
with production as (
    select *
    from {{ ref('world_production') }}
    qualify edition = max(edition) over (partition by mineral_id, stage, year)
),

-- what is most processed of the stages that are printed
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
            {{ place_in('stage', ['refined_metal', 'compound', 'alloy_semi', 'intermediate']) }} nulls last,
            stage
    ) = 1
),

shares as (
    select
        production.mineral_id,
        production.year,
        steps.step,
        {{ any_known('steps.stage') }} as stage,
        max(production.edition) as edition,
        count(*) filter (where production.is_bloc and production.production is not null) as members_known,
        count(*) filter (where production.is_bloc and production.qualifier = 'W') as members_withheld,
        case
            when members_withheld = 0 and members_known > 0
                then {{ exact_sum('case when production.is_bloc then production.production_t end') }}
        end as usmca_t,
        case
            when members_withheld = 0 and members_known > 0
                then {{ exact_sum('case when production.is_bloc then production.world_share end') }}
        end as usmca_share,
        max(production.world_share) filter (where production.country_iso3 = 'CHN') as china_share,
        max(production.production_t) filter (where production.is_world) as world_t,
        {{ exact_sum('case when production.is_bloc then production.reserves_t end') }} as usmca_reserves_t,
        min(production.archive_id) as archive_id
    from production
    inner join steps on production.mineral_id = steps.mineral_id and production.stage = steps.stage
    group by production.mineral_id, production.year, steps.step
),

-- reserves are stated for one year of an edition
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
        max(edition) as edition,
        {%- for step in ['mine', 'refinery'] %}
            max(stage) filter (where step = '{{ step }}') as {{ step }}_stage,
            max(usmca_t) filter (where step = '{{ step }}') as {{ step }}_usmca_t,
            max(usmca_share) filter (where step = '{{ step }}') as {{ step }}_share_usmca,
            max(china_share) filter (where step = '{{ step }}') as {{ step }}_share_china,
            max(world_t) filter (where step = '{{ step }}') as {{ step }}_world_t,
            max(members_withheld) filter (where step = '{{ step }}') as {{ step }}_withheld,
            max(members_known) filter (where step = '{{ step }}') as {{ step }}_known,
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

-- the three as one where they are known, else the USA
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
    years.mine_share_china,
    years.mine_usmca_t,
    years.mine_world_t,
    years.refinery_stage,
    years.refinery_share_usmca,
    years.refinery_share_china,
    years.refinery_usmca_t,
    years.refinery_world_t,
    100 * (years.mine_share_usmca - years.refinery_share_usmca) as processing_deficit_pp,
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
                case when years.mine_withheld > 0 or years.refinery_withheld > 0 then 'member_withheld' end,
                case
                    when years.mine_known between 1 and 2 or years.refinery_known between 1 and 2
                        then 'members_not_listed_count_as_none'
                end,
                case when consumption.consumption_t is null then 'consumption_not_known' end
            ),
            ''
        ),
        'complete'
    ) as coverage,
    coalesce(consumption.source_ids, 'usgs_mcs') as source_ids,
    years.archive_id
from years
left join reserves on years.mineral_id = reserves.mineral_id
left join trade on years.mineral_id = trade.mineral_id and years.year = trade.year
left join consumption on years.mineral_id = consumption.mineral_id and years.year = consumption.year
