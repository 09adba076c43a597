-- One row per month, kind of total, code and measure: the total that the archive states for its detail
-- records.
select
    period,
    control as control_kind,
    code,
    measure,
    published,
    _archive_id,
    _vintage as vintage
from {{ current_rows('census_bulk__control') }}
