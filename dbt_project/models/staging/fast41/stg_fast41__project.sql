-- Mining projects of the Federal Permitting Dashboard; a file states all of them.
select
    project_id,
    name,
    category,
    status,
    sector_type,
    state,
    county,
    latitude,
    longitude,
    sponsor,
    lead_agency,
    cost_usd,
    url,
    _archive_id,
    _vintage as vintage
from {{ current_rows('fast41__project') }}
