-- Which sectors use which minerals, in the words of the newest list of critical minerals.
select
    sectors.sector_id,
    coalesce(named.mineral_id, minerals.mineral_id) as mineral_id,
    stated.edition,
    -- where a sector also uses the goods of the headline, these decide
    case when count(*) = count(sectors.stage) then {{ any_known('sectors.stage') }} end as stage,
    {{ joined_distinct('stated.application', '; ') }} as use_text,
    min(stated._archive_id) as archive_id
from {{ ref('stg_usgs_mcs__end_uses') }} as stated
inner join {{ ref('end_use_map') }} as sectors on stated.application = sectors.application
left join {{ ref('usgs_mineral_names') }} as named on stated.mineral = named.name
left join {{ ref('dim_mineral') }} as minerals on lower(stated.mineral) = lower(minerals.name)
where
    stated.edition = (select max(held.edition) from {{ ref('stg_usgs_mcs__end_uses') }} as held)
    and coalesce(named.mineral_id, minerals.mineral_id) is not null
group by sectors.sector_id, coalesce(named.mineral_id, minerals.mineral_id), stated.edition
