-- Commodities that a site of the Global Mining Dataset names, with their rank.
select
    site_id,
    country,
    phrase,
    rank as commodity_rank,
    _archive_id,
    _vintage as vintage
from {{ current_rows('icmm_sites__commodity') }}
