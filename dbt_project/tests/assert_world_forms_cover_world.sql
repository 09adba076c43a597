{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'stg_usgs_mcs__world'}}}) }}
-- Every label of world data needs a mineral, a stage and a known unit, and every country needs a code or a
-- reason for having none. A label without a form is not used in any figure. A country without a code counts
-- as unlisted.
with rules as (
    select *
    from {{ rules_of_editions(ref('usgs_world_forms'), ref('stg_usgs_mcs__world')) }}
)

select
    world.edition,
    world.commodity,
    world.statistic,
    world.country,
    case
        when rules.edition is null then 'label not known'
        when units.unit is null then 'unit not known: ' || world.unit
        else 'country not known'
    end as fault
from {{ ref('stg_usgs_mcs__world') }} as world
left join rules
    on
        world.edition = rules.edition
        and world.commodity = rules.commodity
        and world.measure = rules.measure
        and world.statistic = rules.statistic
left join {{ ref('dim_country_code') }} as codes
    on world.country = codes.code and codes.source_id = 'usgs_mcs'
left join {{ ref('units') }} as units on world.unit = units.unit
where
    (rules.edition is null and world.edition in (select known.edition from rules as known))
    or (rules.is_counted and units.unit is null)
    or (codes.code is null and not world.is_total and not world.is_other)
