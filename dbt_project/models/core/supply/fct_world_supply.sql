-- Output by country at one stage per mineral: the stage at which its reliance is stated, otherwise the most
-- processed one that USGS prints, with mine reserves. Hong Kong and Macao count with China; unnamed
-- countries are ZZZ.
{%- set processed_first = ['refined_metal', 'compound', 'intermediate', 'alloy_semi', 'ore_concentrate'] %}

with production as (
    select *
    from {{ ref('fct_production') }}
    where source_id = 'usgs_mcs'
    qualify edition = max(edition) over ()
),

printed_stages as (
    select distinct
        mineral_id,
        stage
    from production
    where production_t is not null
),

reliance_stages as (
    select distinct
        mineral_id,
        stage
    from {{ ref('fct_us_supply') }}
),

stages as (
    select
        printed_stages.mineral_id,
        printed_stages.stage,
        printed_stages.stage = reliance_stages.stage as is_stage_of_reliance
    from printed_stages
    left join reliance_stages on printed_stages.mineral_id = reliance_stages.mineral_id
    qualify row_number() over (
        partition by printed_stages.mineral_id
        order by
            printed_stages.stage is not distinct from reliance_stages.stage desc,
            {{ rank_in_list('printed_stages.stage', processed_first) }} asc nulls last,
            printed_stages.stage asc
    ) = 1
),

-- the printed total is rounded and may leave out a country whose output is withheld: no part exceeds the
-- whole; without a printed total, the listed countries are not the world
totals as (
    select
        mineral_id,
        stage,
        year,
        max(production_t) filter (where country_iso3 = 'WLD') as printed_world_t,
        {{ exact_sum("case when country_iso3 != 'WLD' then production_t end") }} as named_world_t,
        max(reserves_t) filter (where country_iso3 = 'WLD') as world_reserves_t
    from production
    group by mineral_id, stage, year
),

reserves as (
    select
        production.mineral_id,
        production.country_iso3,
        {{ exact_sum('production.reserves_t') }} as reserves_t,
        max(totals.world_reserves_t) as world_reserves_t
    from production
    inner join totals
        on
            production.mineral_id = totals.mineral_id
            and production.stage = totals.stage
            and production.year = totals.year
    where production.stage = 'ore_concentrate' and production.reserves_t is not null
    group by production.mineral_id, production.country_iso3
),

-- the Outlook states plant capacity of minerals for which the Summaries print none for any country, in one
-- year
outlook as (
    select
        held.mineral_id,
        held.stage,
        coalesce(countries.policy_iso3, held.country_iso3) as country_iso3,
        held.year,
        {{ exact_sum('held.capacity_t') }} as capacity_t
    from {{ ref('fct_capacity') }} as held
    left join {{ ref('dim_country') }} as countries on held.country_iso3 = countries.iso3
    where
        not held.is_outlook and held.country_iso3 not in ('WLD', 'ZZZ') and held.capacity_t is not null
        and not exists (
            select 1
            from production
            where
                production.mineral_id = held.mineral_id and production.stage = held.stage
                and production.capacity_t is not null
        )
    group by held.mineral_id, held.stage, coalesce(countries.policy_iso3, held.country_iso3), held.year
    qualify held.year = max(held.year) over (partition by held.mineral_id, held.stage)
),

countries as (
    select
        production.mineral_id,
        production.year,
        production.stage,
        stages.is_stage_of_reliance,
        coalesce(countries.policy_iso3, production.country_iso3) as country_iso3,
        production.edition,
        production.production_t,
        production.production_low_t,
        production.production_high_t,
        production.capacity_t,
        reserves.reserves_t,
        reserves.world_reserves_t,
        case
            when totals.printed_world_t is not null
                then greatest(totals.printed_world_t, totals.named_world_t)
        end as world_t,
        production.archive_id
    from production
    inner join stages on production.mineral_id = stages.mineral_id and production.stage = stages.stage
    inner join totals
        on
            production.mineral_id = totals.mineral_id
            and production.stage = totals.stage
            and production.year = totals.year
    left join {{ ref('dim_country') }} as countries on production.country_iso3 = countries.iso3
    left join reserves
        on production.mineral_id = reserves.mineral_id and production.country_iso3 = reserves.country_iso3
    where production.country_iso3 != 'WLD'
)

select
    countries.mineral_id,
    countries.year,
    countries.country_iso3,
    {{ any_known('countries.stage') }} as stage,
    coalesce({{ any_known('countries.is_stage_of_reliance') }}, false) as is_stage_of_reliance,
    {{ any_known('countries.edition') }} as edition,
    {{ whole_sum('countries.production_t') }} as production_t,
    coalesce({{ exact_sum('countries.production_low_t') }}, 0) as production_low_t,
    {{ whole_sum('countries.production_high_t') }} as production_high_t,
    {{ exact_sum('countries.capacity_t') }} as capacity_t,
    max(outlook.capacity_t) as outlook_capacity_t,
    max(outlook.year) as outlook_capacity_year,
    {{ exact_sum('countries.reserves_t') }} as reserves_t,
    {{ any_known('countries.world_t') }} as world_t,
    {{ share(exact_sum('coalesce(countries.production_low_t, 0)'), any_known('countries.world_t')) }}
        as world_share_low,
    {{ share(whole_sum('countries.production_t'), any_known('countries.world_t')) }} as world_share,
    {{ share(exact_sum('countries.reserves_t'), any_known('countries.world_reserves_t')) }} as reserves_share,
    min(countries.archive_id) as archive_id
from countries
left join outlook
    on
        countries.mineral_id = outlook.mineral_id
        and countries.stage = outlook.stage
        and countries.country_iso3 = outlook.country_iso3
group by countries.mineral_id, countries.year, countries.country_iso3
