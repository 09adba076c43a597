-- Mining and refining output by country, with its share of the publisher's world total.
with production as (
    select *
    from {{ ref('fct_production') }}
    where source_id = 'usgs_mcs'
),

-- parts and total of a table; a total that is smaller than the sum of its parts by more than rounding is a
-- misprint
tables as (
    select
        edition,
        mineral_id,
        stage,
        year,
        max(production) filter (where is_world) as world,
        coalesce({{ exact_sum('case when not is_world then production end') }}, 0) as listed,
        bool_or(qualifier = 'W') as has_withheld,
        -- tables in which unlisted countries have more than half of the output, or an unknown part
        coalesce(
            bool_or(country_iso3 = 'ZZZ' and production is null and qualifier = 'NA')
            or max(production) filter (where country_iso3 = 'ZZZ')
            > 0.5 * coalesce(
                max(production) filter (where is_world),
                {{ exact_sum('case when not is_world then production end') }}
            ),
            false
        ) as is_mostly_unlisted
    from production
    group by edition, mineral_id, stage, year
),

shares as (
    select
        production.*,
        tables.world,
        tables.has_withheld,
        tables.is_mostly_unlisted,
        tables.listed > 1.05 * tables.world as is_contradicted,
        production.edition
        = max(production.edition) over (
            partition by production.mineral_id, production.stage, production.year
        ) as is_newest_edition,
        -- the printed total is rounded: if the parts add up to more, they are divided by their own sum, as in
        -- core.fct_world_supply
        {{ share(
            'production.production',
            'case when tables.listed > tables.world and not production.is_world then tables.listed'
            ~ ' else tables.world end'
        ) }} as share_of_world
    from production
    inner join tables
        on
            production.edition = tables.edition
            and production.mineral_id = tables.mineral_id
            and production.stage = tables.stage
            and production.year = tables.year
)

select
    shares.mineral_id,
    shares.stage,
    shares.year,
    shares.country_iso3,
    shares.edition,
    shares.basis_carried_from,
    shares.production_t,
    shares.production_low_t,
    shares.production_high_t,
    shares.production,
    shares.base_unit as unit,
    shares.qualifier,
    shares.is_estimated,
    -- rounding of the total may put a sole producer above it
    case
        when not shares.is_contradicted and shares.share_of_world is not null
            then least(shares.share_of_world, 1)
    end as world_share,
    case
        when
            shares.country_iso3 not in ('WLD', 'ZZZ') and shares.production is not null
            and not shares.is_mostly_unlisted
            then rank() over (
                partition by shares.edition, shares.mineral_id, shares.stage, shares.year
                order by
                    shares.country_iso3 not in ('WLD', 'ZZZ') and shares.production is not null desc,
                    shares.production desc
            )
    end::integer as rank,
    shares.reserves_t,
    shares.capacity_t,
    shares.country_iso3 in (
        select bloc_members.iso3
        from {{ ref('dim_bloc_member') }} as bloc_members
        where bloc_members.bloc = 'NORTH_AMERICA' and bloc_members.is_member_today
    ) as is_bloc,
    shares.is_world,
    case
        when shares.production is null and shares.qualifier = 'W' then 'withheld'
        when shares.production is null and shares.qualifier is null then 'no_output_printed'
        when shares.production is null then 'not_available'
        when shares.world is null then 'world_total_not_printed'
        when shares.is_contradicted then 'world_total_contradicted'
        when shares.has_withheld then 'world_total_excludes_withheld'
        else 'complete'
    end as coverage,
    shares.is_newest_edition as is_recommended,
    case when shares.is_newest_edition then choices.reason else choices.difference end as quote_note,
    shares.source_id,
    shares.archive_id
from shares
left join {{ ref('dim_figure_to_quote') }} as choices
    on
        choices.question = 'world_output'
        and choices.choice
        = case when shares.is_newest_edition then 'newest_edition' else 'earlier_edition' end
