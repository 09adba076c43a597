-- Projects, mines and plants in Canada. Each file covers a layer in full.
select
    layer,
    name,
    subdivision,
    operator,
    commodities,
    development_stage,
    activity_status,
    latitude,
    longitude,
    url,
    _archive_id,
    _vintage as vintage
from {{ current_rows('nrcan_projects__facility', cells=['layer']) }}
