-- One row per month, Schedule C country and HTS10 line: imports for consumption, and the part with a USMCA
-- claim.
with source as (
    select * from {{ current_rows('usitc_dataweb__usmca_monthly', cells=['period']) }}
)

select
    period,
    cty_code as country_code,
    hts10,
    consumption_value_usd,
    usmca_value_usd,
    _archive_id,
    _vintage as vintage
from source
