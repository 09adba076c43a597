-- One row per month: the price of a US dollar in Canadian dollars, averaged over business days.
select
    period,
    cad_per_usd,
    days,
    _archive_id,
    _vintage as vintage
from {{ current_rows('boc_fx__monthly') }}
