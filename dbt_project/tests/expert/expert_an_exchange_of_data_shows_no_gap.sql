-- The USA and Canada use each other's import data as their export data, so no asymmetry is stated between
-- them.
select
    reporter_iso3,
    partner_iso3,
    hs6,
    year,
    asymmetry
from {{ ref('mirror_gap') }}
where
    asymmetry is not null
    and reporter_iso3 in ('USA', 'CAN')
    and partner_iso3 in ('USA', 'CAN')
