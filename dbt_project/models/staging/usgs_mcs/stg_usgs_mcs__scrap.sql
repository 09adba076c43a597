-- One row per edition, metal and year: value of its scrap by origin and destination, as in Figure 13.
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
