-- Operating sites of public lists that may make a mineral at the stage whose output counts as domestic
-- supply, by country. A table of output that does not name the country does not show that it makes none if
-- such a site is listed. A mine makes ore, a plant anything else; a list that names another form, such as
-- magnesium oxide, names no metal.
with sites as (
    select
        facilities.country_iso3,
        facilities.name,
        facilities.stage = 'mine' or facilities.stage = 'mine_and_processing' as has_mine,
        facilities.stage = 'processing' or facilities.stage = 'mine_and_processing' as has_plant,
        facilities.source_id,
        facilities.archive_id,
        bridge.mineral_id,
        bridge.form_stages
    from {{ ref('dim_facility') }} as facilities
    inner join {{ ref('bridge_facility_mineral') }} as bridge
        on facilities.facility_id = bridge.facility_id
    where facilities.phase = 'operating' and not coalesce(facilities.is_on_hold, false)
)

select
    staged.mineral_id,
    staged.output_stage as stage,
    sites.country_iso3,
    {{ joined_distinct('sites.name', '; ') }} as site_names,
    {{ joined_distinct('sites.source_id', ';') }} as source_ids,
    {{ joined_distinct('sites.archive_id', ';') }} as archive_ids
from {{ ref('dim_headline_stage') }} as staged
inner join {{ ref('dim_mineral') }} as minerals on staged.mineral_id = minerals.mineral_id
inner join sites on sites.mineral_id in (staged.mineral_id, minerals.group_id)
where
    staged.output_stage != ''
    and case when staged.output_stage = 'ore_concentrate' then sites.has_mine else sites.has_plant end
    and (sites.form_stages is null or contains(sites.form_stages, staged.output_stage))
group by staged.mineral_id, staged.output_stage, sites.country_iso3
