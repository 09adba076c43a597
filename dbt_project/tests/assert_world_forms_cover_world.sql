{{ config(meta={'dagster': {'ref': {'name': 'stg_usgs_mcs__world'}}}) }}
-- Every label of world data has a mineral and a stage, and every country a code or a reason to have none.
select
    world.edition,
    world.commodity,
    world.statistic,
    world.country
from {{ ref('stg_usgs_mcs__world') }} as world
left join {{ ref('usgs_world_forms') }} as forms
    on
        world.edition = forms.edition
        and world.commodity = forms.commodity
        and world.measure = forms.measure
        and world.statistic = forms.statistic
left join {{ ref('dim_country_code') }} as codes
    on world.country = codes.code and codes.source_id = 'usgs_mcs'
where
    (
        forms.edition is null
        and world.edition in (select known.edition from {{ ref('usgs_world_forms') }} as known)
    )
    or (codes.code is null and not world.is_total and not world.is_other)
