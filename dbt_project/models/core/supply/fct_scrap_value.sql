-- Value of a metal's scrap in the United States by origin or destination; the newest edition that has a year
-- is used.
select
    coalesce(named.mineral_id, minerals.mineral_id) as mineral_id,
    stated.year,
    stated.edition,
    stated.value_musd * 1e6 as value_usd,
    stated.domestic_pct,
    stated.imported_pct,
    stated.exported_pct,
    stated.is_estimated,
    stated._archive_id as archive_id
from {{ ref('stg_usgs_mcs__scrap') }} as stated
left join {{ ref('usgs_mineral_names') }} as named on stated.scrap_type = named.name
left join {{ ref('dim_mineral') }} as minerals on lower(stated.scrap_type) = lower(minerals.name)
where coalesce(named.mineral_id, minerals.mineral_id) is not null
qualify
    row_number() over (
        partition by coalesce(named.mineral_id, minerals.mineral_id), stated.year order by stated.edition desc
    ) = 1
