-- A rate ends after it begins, and a line and origin have one rate on each day.
select
    hts8,
    origin_iso3,
    valid_from,
    valid_to
from {{ ref('tariff_schedule') }}
where valid_to < valid_from
