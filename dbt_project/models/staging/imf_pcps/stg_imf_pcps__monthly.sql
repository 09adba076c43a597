-- One row per commodity, transformation and month of the IMF's primary commodity prices.
with source as (
    select * from {{ current_rows('imf_pcps__monthly', cells=['commodity', 'period', 'transformation']) }}
)

select
    commodity,
    transformation,
    period,
    value,
    _archive_id,
    _vintage as vintage
from source
