-- Output of Canada and Mexico at the output stage of each policy stage, by edition and year, and of the USA
-- where the seed lists it. The first source with a figure is used: USGS for producers that it lists, Mexico's
-- own statistics, BGS, the curated seed, and again USGS for countries that it does not list. Those have no
-- output or are among the others, at most the largest output of the last five years if another source states
-- one. If a public list names an operating site for this stage, a table that does not list the country does
-- not show that it makes none: the output is not known.
with stages as (
    select distinct
        mineral_id,
        output_stage
    from {{ ref('policy_stage') }}
    where output_stage is not null and output_stage != ''
),

preferences as (
    select
        listed.source_id,
        listed.preference
    from (values {{ production_preferences() }}) as listed (source_id, preference)
),

editions as (
    select distinct
        edition,
        year
    from {{ ref('fct_net_import_reliance') }}
),

recent as (
    select
        editions.edition,
        editions.year,
        production.mineral_id,
        production.stage,
        production.country_iso3,
        max(production.production_high_t) as output_high_t
    from editions
    inner join {{ ref('fct_production') }} as production
        on production.year between editions.year - 5 and editions.year - 1
    semi join preferences on production.source_id = preferences.source_id
    where production.country_iso3 in ('CAN', 'MEX')
    group by
        editions.edition, editions.year, production.mineral_id, production.stage, production.country_iso3
),

usgs as (
    select
        output.mineral_id,
        output.stage,
        output.area as country_iso3,
        output.year,
        output.edition,
        output.producers is null
        and coalesce(recent.output_high_t, output.output_high_t) = 0
        and sites.mineral_id is not null as is_unstated,
        case
            when output.producers is not null then output.output_t
            when coalesce(recent.output_high_t, output.output_high_t) = 0 and not is_unstated then 0
        end as output_t,
        output.output_low_t,
        case
            when output.producers is not null then output.output_high_t
            when is_unstated then 'infinity'::double
            else coalesce(recent.output_high_t, output.output_high_t)
        end as output_high_t,
        output.is_estimated,
        null::smallint as carried_from_year,
        case when output.producers is not null then 1 else 99 end as place,
        'usgs_mcs' as source_id,
        null::string as citation,
        output.archive_id
    from {{ ref('fct_bloc_output') }} as output
    left join recent
        on
            output.mineral_id = recent.mineral_id
            and output.stage = recent.stage
            and output.area = recent.country_iso3
            and output.year = recent.year
            and output.edition = recent.edition
    left join {{ ref('fct_operating_site') }} as sites
        on
            output.mineral_id = sites.mineral_id
            and output.stage = sites.stage
            and output.area = sites.country_iso3
    where output.area in ('CAN', 'MEX')
),

others as (
    select
        production.mineral_id,
        production.stage,
        production.country_iso3,
        production.year,
        editions.edition,
        false as is_unstated,
        production.production_t as output_t,
        coalesce(production.production_low_t, 0) as output_low_t,
        coalesce(production.production_high_t, 'infinity'::double) as output_high_t,
        coalesce(production.is_estimated, false) as is_estimated,
        null::smallint as carried_from_year,
        1 + preferences.preference as place,
        production.source_id,
        null::string as citation,
        production.archive_id
    from {{ ref('fct_production') }} as production
    inner join editions on production.year = editions.year
    inner join preferences on production.source_id = preferences.source_id
    where
        production.country_iso3 in ('CAN', 'MEX')
        and production.qualifier is distinct from 'NA'
    qualify row_number() over (
        partition by
            production.source_id, production.mineral_id, production.stage, production.country_iso3,
            production.year, editions.edition
        order by production.edition desc
    ) = 1
),

curated as (
    select
        known.mineral_id,
        known.stage,
        known.country_iso3,
        editions.year,
        editions.edition,
        false as is_unstated,
        case when known.output_low_t = known.output_high_t then known.output_low_t end as output_t,
        known.output_low_t,
        known.output_high_t,
        true as is_estimated,
        known.carried_from_year::smallint as carried_from_year,
        98 as place,
        'member_output' as source_id,
        concat_ws('; ', known.source, known.edition, known.printed_in, known.address) as citation,
        null::string as archive_id
    from {{ ref('member_output') }} as known
    inner join editions on editions.year between known.from_year and known.to_year
),

stated as (
    select * from usgs
    union all
    select * from others
    union all
    select * from curated
)

select
    stated.mineral_id,
    stated.stage,
    stated.country_iso3,
    stated.year::smallint as year,
    stated.edition,
    stated.output_t,
    stated.output_low_t,
    stated.output_high_t,
    stated.is_unstated,
    stated.is_estimated,
    stated.carried_from_year,
    stated.source_id,
    stated.citation,
    stated.archive_id
from stated
inner join stages on stated.mineral_id = stages.mineral_id and stated.stage = stages.output_stage
qualify row_number() over (
    partition by stated.mineral_id, stated.stage, stated.country_iso3, stated.year, stated.edition
    order by stated.place asc
) = 1
