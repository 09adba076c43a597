-- One row an edition, commodity, form and country: a country's part in US imports of four years together.
select
    edition,
    commodity,
    form,
    country,
    period_start,
    period_end,
    rank,
    share_pct,
    value_text,
    _archive_id,
    _vintage as vintage
from {{ current_rows('usgs_mcs__import_sources', cells=['edition', 'commodity']) }}
