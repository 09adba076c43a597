-- One row per edition, mineral and application, as the list of critical minerals prints them.
select
    edition,
    mineral,
    application,
    applications_text,
    note,
    _archive_id,
    _vintage as vintage
from {{ current_rows('usgs_mcs__end_uses', cells=['edition']) }}
