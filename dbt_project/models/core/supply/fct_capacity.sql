-- Output and capacity by mineral, stage, country and year, from the newest World Minerals Outlook of the
-- mineral. The world (WLD) and countries listed together (ZZZ) have rows of their own; future years exist for
-- the world only. Idle plants have a column of their own if the publisher separates them.
with forms as (
    select
        stated.*,
        forms.mineral_id,
        forms.stage,
        units.base_unit,
        units.base_per_unit,
        case
            when stated.region in ('World', 'Total') then 'WLD'
            when stated.region = 'Rest of the world' then 'ZZZ'
            else coalesce(whole.iso3, part.iso3, 'ZZZ')
        end as country_iso3
    from {{ ref('stg_usgs_outlook__capacity') }} as stated
    inner join {{ ref('outlook_forms') }} as forms
        on lower(stated.commodity) = forms.commodity and contains(lower(stated.form), forms.form_words)
    inner join {{ ref('units') }} as units on stated.unit = units.unit
    left join {{ ref('dim_country_code') }} as whole
        on stated.region = whole.code and whole.source_id = 'usgs_mcs'
    -- parts of a country's output, such as United States (from Cliffside Field)
    left join {{ ref('dim_country_code') }} as part
        on split_part(stated.region, ' (', 1) = part.code and part.source_id = 'usgs_mcs'
    qualify stated.outlook_to = max(stated.outlook_to) over (partition by forms.mineral_id)
),

measured as (
    select
        *,
        case when measure = 'production' then value * base_per_unit end as production,
        case when measure = 'production' then coalesce(value_low, 0) * base_per_unit end as production_low,
        case when measure = 'production' then value_high * base_per_unit end as production_high,
        case when measure = 'production' then qualifier end as production_qualifier,
        case when measure = 'capacity' and plants != 'idled' then value * base_per_unit end as capacity,
        case when measure = 'capacity' and plants = 'idled' then value * base_per_unit end as idled,
        count(case when measure = 'production' then 1 end) over cells as production_rows
    from forms
    window cells as (partition by mineral_id, stage, country_iso3, year, base_unit)
),

summed as (
    select
        mineral_id,
        stage,
        country_iso3,
        year,
        base_unit,
        max(outlook_to) as outlook_to,
        case
            when count(production) = max(production_rows) then {{ exact_sum('production') }}
        end as production,
        {{ exact_sum('production_low') }} as production_low,
        case
            when count(production_high) = max(production_rows) then {{ exact_sum('production_high') }}
        end as production_high,
        case
            when count(distinct production_qualifier) > 1 then 'mixed'
            else max(production_qualifier)
        end as qualifier,
        {{ exact_sum('capacity') }} as capacity,
        {{ exact_sum('idled') }} as idled_capacity,
        bool_or(is_estimated) as is_estimated,
        bool_or(is_outlook) as is_outlook,
        bool_or(excludes_usa) as excludes_usa,
        min(_archive_id) as archive_id
    from measured
    group by mineral_id, stage, country_iso3, year, base_unit
)

select
    mineral_id,
    stage,
    country_iso3,
    year,
    outlook_to,
    case when base_unit = 't' then production end as production_t,
    case when base_unit = 't' then capacity end as capacity_t,
    production,
    production_low,
    production_high,
    capacity,
    idled_capacity,
    base_unit,
    qualifier,
    is_estimated,
    is_outlook,
    excludes_usa,
    archive_id
from summed
