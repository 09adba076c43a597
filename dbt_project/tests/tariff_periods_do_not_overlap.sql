-- The periods of a line and origin follow each other day by day, and the last one is open.
select
    hts8,
    origin_iso3,
    valid_from,
    valid_to
from {{ ref('tariff_schedule') }}
qualify
    valid_to is distinct from
    (lead(valid_from) over (partition by hts8, origin_iso3 order by valid_from) - 1)::date
    or valid_to < valid_from
