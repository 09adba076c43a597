-- One row a series, month and edition of the Pink Sheet, for every edition that is held.
select
    series,
    unit,
    period,
    price,
    _archive_id,
    _vintage as vintage
from {{ vintage_rows('worldbank_prices__monthly') }}
