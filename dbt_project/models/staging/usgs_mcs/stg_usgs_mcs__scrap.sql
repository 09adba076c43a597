-- One row an edition, metal and year: value of its scrap and where it came from or went, as in Figure 13.
select
    edition,
    scrap_type,
    year,
    is_estimated,
    value_musd,
    domestic_pct,
    imported_pct,
    exported_pct,
    _archive_id,
    _vintage as vintage
from {{ current_rows('usgs_mcs__scrap', cells=['edition']) }}
