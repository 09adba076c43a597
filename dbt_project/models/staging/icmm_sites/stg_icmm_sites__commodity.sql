-- Commodities of each site in the Global Mining Dataset, with their rank.
select
    site_id,
    country,
    phrase,
    rank as commodity_rank,
    _archive_id,
    _vintage as vintage
from {{ current_rows('icmm_sites__commodity') }}
