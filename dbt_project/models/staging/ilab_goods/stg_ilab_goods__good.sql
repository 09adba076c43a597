-- One row per good, country and country of the input for which it is listed.
select
    good,
    sector,
    country,
    child_labor,
    forced_labor,
    forced_child_labor,
    derived,
    nullif(derived_country, '') as derived_country,
    _archive_id,
    _vintage as vintage
from {{ current_rows('ilab_goods__good') }}
