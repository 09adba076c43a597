-- Projects, mines and plants of the three, one a row, with place, stage and phase.
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
