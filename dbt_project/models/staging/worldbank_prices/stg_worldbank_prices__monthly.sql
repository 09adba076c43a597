-- One row per series and month of the Pink Sheet's newest edition.
with source as (
    select * from {{ current_rows('worldbank_prices__monthly') }}
)

select
    series,
    unit,
    period,
    price,
    updated,
    _archive_id,
    _vintage as vintage
from source
