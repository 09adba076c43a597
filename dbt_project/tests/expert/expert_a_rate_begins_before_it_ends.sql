-- A rate is in force from a day to a later one, and of a line and origin on a day there is one.
select
    hts8,
    origin_iso3,
    valid_from,
    valid_to
from {{ ref('tariff_schedule') }}
where valid_to < valid_from
