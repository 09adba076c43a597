-- One row a release with the day from which it holds, whether its lines are held or not.
with source as (
    select * from {{ current_rows('usitc_hts__release', cells=['release']) }}
)

select
    release as hts_release,
    valid_from,
    _archive_id,
    _vintage as vintage
from source
