-- One row a month, kind of total, code and measure: what the archive itself says its details add up to.
select
    period,
    control as control_kind,
    code,
    measure,
    published,
    _archive_id,
    _vintage as vintage
from {{ current_rows('census_bulk__control') }}
