-- Output, capacity and reserves by mineral, stage, country and year. Mine and refinery output are separate
-- stages and never added. The world (WLD) and countries not listed (ZZZ) have rows of their own, so that no
-- sum counts them twice.
with forms as (
    select
        world.*,
        forms.basis_carried_from,
        forms.mineral_id,
        forms.stage,
        units.base_unit,
        units.base_per_unit
    from {{ ref('stg_usgs_mcs__world') }} as world
    inner join {{ rules_of_editions(ref('usgs_world_forms'), ref('stg_usgs_mcs__world')) }} as forms
        on
            world.edition = forms.edition
            and world.commodity = forms.commodity
            and world.measure = forms.measure
            and world.statistic = forms.statistic
    inner join {{ ref('units') }} as units on world.unit = units.unit
    where forms.is_counted
),

located as (
    select
        forms.*,
        case
            when forms.is_total then 'WLD'
            when forms.is_other then 'ZZZ'
            else coalesce(codes.iso3, 'ZZZ')
        end as country_iso3,
        case when forms.qualifier = 's' then 0 else forms.value end * forms.base_per_unit as quantity,
        forms.value_low * forms.base_per_unit as quantity_low,
        case when forms.qualifier = 's' then coalesce(forms.value_high, 0.5) else forms.value_high end
        * forms.base_per_unit as quantity_high
    from forms
    left join {{ ref('dim_country_code') }} as codes
        on forms.country = codes.code and codes.source_id = 'usgs_mcs'
),

measured as (
    select
        *,
        case when measure = 'production' then quantity end as production,
        case when measure = 'capacity' then quantity end as capacity,
        case when measure = 'reserves' then quantity end as reserves,
        case when measure = 'production' then quantity_low end as production_low,
        case when measure = 'production' then quantity_high end as production_high,
        case when measure = 'production' then qualifier end as production_qualifier,
        -- a sum over forms exists only if every form has the figure
        count(case when measure = 'production' then 1 end) over stages as production_rows,
        count(case when measure = 'capacity' then 1 end) over stages as capacity_rows,
        count(case when measure = 'reserves' then 1 end) over stages as reserves_rows
    from located
    window stages as (partition by edition, mineral_id, stage, country_iso3, year, base_unit)
),

-- forms of one stage, such as ilmenite and rutile, are added
usgs as (
    select
        'usgs_mcs' as source_id,
        edition,
        max(basis_carried_from) as basis_carried_from,
        mineral_id,
        stage,
        country_iso3,
        year,
        base_unit,
        case
            when count(production) = max(production_rows) then {{ exact_sum('production') }}
        end as production,
        case when count(capacity) = max(capacity_rows) then {{ exact_sum('capacity') }} end as capacity,
        case when count(reserves) = max(reserves_rows) then {{ exact_sum('reserves') }} end as reserves,
        {{ exact_sum('production_low') }} as production_low,
        case
            when count(production_high) = max(production_rows) then {{ exact_sum('production_high') }}
        end as production_high,
        case
            when count(distinct production_qualifier) > 1 then 'mixed'
            else max(production_qualifier)
        end as qualifier,
        bool_or(is_estimated and measure = 'production') as is_estimated,
        {{ joined_distinct('statistic', '; ') }} as forms,
        min(_archive_id) as archive_id
    from measured
    group by edition, mineral_id, stage, country_iso3, year, base_unit
),

-- a country may appear under several names at once, such as Germany in 1990 and 1991: a name without a figure
-- is ignored if another one has a figure
lines as (
    select
        stated.*,
        coalesce(stated.country_iso3, codes.iso3) as iso3
    from {{ ref('stg_production__line') }} as stated
    left join {{ ref('dim_country_code') }} as codes
        on stated.source_id = codes.source_id and stated.country = codes.code
    where codes.kind is distinct from 'excluded'
    qualify
        stated.qualifier is distinct from 'NA'
        or coalesce(stated.country_iso3, codes.iso3) is null
        or not bool_or(stated.qualifier is distinct from 'NA') over (
            partition by
                stated.source_id, stated.product, stated.sub_product,
                coalesce(stated.country_iso3, codes.iso3), stated.unit, stated.year
        )
),

-- the other sources, such as the statistics of Mexico and the British Geological Survey, state no world total
others as (
    select
        stated.source_id,
        year(max(stated.vintage))::string as edition,
        named.mineral_id,
        named.stage,
        coalesce(stated.iso3, 'ZZZ') as country_iso3,
        stated.year,
        units.base_unit,
        {{ whole_sum('stated.quantity * units.base_per_unit') }} as production,
        {{ exact_sum('stated.quantity_low * units.base_per_unit') }} as production_low,
        {{ whole_sum('stated.quantity_high * units.base_per_unit') }} as production_high,
        case
            when count(distinct stated.qualifier) > 1 then 'mixed'
            else max(stated.qualifier)
        end as qualifier,
        bool_or(stated.is_estimated) as is_estimated,
        {{ joined_distinct('stated.product', '; ') }} as forms,
        min(stated.archive_id) as archive_id
    from lines as stated
    inner join {{ ref('production_forms') }} as named
        on
            stated.source_id = named.source_id
            and stated.product = named.product
            and coalesce(stated.sub_product, '') = coalesce(named.sub_product, '')
            and named.is_counted
    inner join {{ ref('units') }} as units on stated.unit = units.unit
    group by
        stated.source_id, named.mineral_id, named.stage, coalesce(stated.iso3, 'ZZZ'), stated.year,
        units.base_unit
),

all_sources as (
    select * from usgs
    union all
    select
        source_id,
        edition,
        null as basis_carried_from,
        mineral_id,
        stage,
        country_iso3,
        year,
        base_unit,
        production,
        null as capacity,
        null as reserves,
        production_low,
        production_high,
        qualifier,
        is_estimated,
        forms,
        archive_id
    from others
)

select
    source_id,
    edition,
    basis_carried_from,
    mineral_id,
    stage,
    country_iso3,
    year,
    case when base_unit = 't' then production end as production_t,
    case when base_unit = 't' then production_low end as production_low_t,
    case when base_unit = 't' then production_high end as production_high_t,
    case when base_unit = 't' then capacity end as capacity_t,
    case when base_unit = 't' then reserves end as reserves_t,
    production,
    base_unit,
    qualifier,
    is_estimated,
    country_iso3 = 'WLD' as is_world,
    forms,
    archive_id
from all_sources
