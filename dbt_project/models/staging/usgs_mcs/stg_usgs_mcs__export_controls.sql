-- One row per edition, country, kind of control and commodity phrase, as Table 4 prints them.
select
    edition,
    country,
    control_type,
    measure_type,
    phrase,
    since_year,
    stated_through,
    source_url,
    notes,
    _archive_id,
    _vintage as vintage
from {{ current_rows('usgs_mcs__export_controls', cells=['edition']) }}
