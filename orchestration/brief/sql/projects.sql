-- Facilities on public lists that name a critical mineral, with location, stage and phase.
select
    facilities.name as facility,
    facilities.country_iso3 as area,
    facilities.subdivision,
    case
        when facilities.phase = 'not_stated' then 'Site, phase not stated'
        when facilities.stage = 'mine' and facilities.phase = 'operating' then 'Mine'
        when facilities.stage = 'mine' then 'Mine project'
        when facilities.phase = 'operating' then 'Plant'
        else 'Processing project'
    end as kind,
    coalesce(facilities.is_on_hold, false) as on_hold,
    string_agg(
        minerals.name || if(bridge.commodity_rank in ('secondary', 'other'), ' (secondary)', ''), ', '
        order by bridge.commodity_rank in ('secondary', 'other'), minerals.name
    ) as minerals,
    facilities.operator,
    round(facilities.latitude, 2) as latitude,
    round(facilities.longitude, 2) as longitude,
    facilities.vintage as listed_on
from core.dim_facility as facilities
inner join core.bridge_facility_mineral as bridge using (facility_id)
inner join core.dim_mineral as minerals using (mineral_id)
where
    facilities.latitude is not null
    and facilities.phase != 'closed'
    and (minerals.is_critical or minerals.mineral_id in (select group_id from core.dim_mineral where is_critical))
group by all
order by kind, facility, area, subdivision, latitude, longitude, minerals, facilities.operator
