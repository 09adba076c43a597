-- One row per release with its first day, including releases whose lines are not held.
with source as (
    select * from {{ current_rows('usitc_hts__release', cells=['release']) }}
)

select
    release as hts_release,
    valid_from,
    _archive_id,
    _vintage as vintage
from source
