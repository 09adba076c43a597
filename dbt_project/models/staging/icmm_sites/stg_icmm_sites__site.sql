-- Mines, smelters, refineries and plants of the Global Mining Dataset; a release states all of them.
select
    site_id,
    name,
    country,
    asset_type,
    confidence,
    commodities,
    latitude,
    longitude,
    _archive_id,
    _vintage as vintage
from {{ current_rows('icmm_sites__site') }}
