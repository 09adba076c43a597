-- Projects, mines, plants and sites of the three, one a row, with stage and phase as listed by the source.
select
    'nrcan_projects:' || lower(replace(name, ' ', '_')) || ':' || lower(replace(subdivision, ' ', '_'))
        as facility_id,
    'nrcan_projects' as source_id,
    name,
    'CAN' as country_iso3,
    subdivision,
    latitude,
    longitude,
    operator,
    if(layer in ('processing_project', 'plant'), 'processing', 'mine') as stage,
    if(layer in ('advanced_project', 'processing_project'), 'advanced', 'operating') as phase,
    activity_status != 'Active' as is_on_hold,
    development_stage,
    commodities,
    url,
    vintage,
    _archive_id as archive_id
from {{ ref('stg_nrcan_projects__facility') }}
union all
select
    'fast41:' || project_id as facility_id,
    'fast41' as source_id,
    name,
    'USA' as country_iso3,
    state as subdivision,
    latitude,
    longitude,
    sponsor,
    case
        when {{ has_words("name || ' ' || coalesce(sector_type, '')", "'refinery'") }} then 'processing'
        when {{ has_words("name || ' ' || coalesce(sector_type, '')", "'smelter'") }} then 'processing'
        when {{ has_words("name || ' ' || coalesce(sector_type, '')", "'processing'") }} then 'processing'
        else 'mine'
    end as stage,
    case status
        when 'Complete' then 'permitted'
        when 'Cancelled' then 'closed'
        else 'permitting'
    end as phase,
    status = 'Paused' as is_on_hold,
    status as development_stage,
    null as commodities,
    url,
    vintage,
    _archive_id as archive_id
from {{ ref('stg_fast41__project') }}
union all
-- Canada's own list states more of its sites, so the global list is used for the other two
select
    'icmm_sites:' || site_id as facility_id,
    'icmm_sites' as source_id,
    name,
    if(country = 'Mexico', 'MEX', 'USA') as country_iso3,
    null as subdivision,
    latitude,
    longitude,
    cast(null as string) as sponsor,
    case
        when asset_type = 'Mine' then 'mine'
        when contains(asset_type, 'Mine') then 'mine_and_processing'
        else 'processing'
    end as stage,
    'not_stated' as phase,
    null as is_on_hold,
    'Confidence: ' || lower(confidence) as development_stage,
    commodities,
    null as url,
    vintage,
    _archive_id as archive_id
from {{ ref('stg_icmm_sites__site') }}
where country in ('United States', 'Mexico')
