-- One row per product on a list of a chapter 99 programme; a missing first date means from the start, a
-- missing last date means until now.
with source as (
    select * from {{ current_rows('usitc_hts__chapter99_product') }}
)

select
    programme,
    list as product_list,
    hts_prefix,
    chapter99_code,
    valid_from,
    valid_to,
    _archive_id,
    _vintage as vintage
from source
