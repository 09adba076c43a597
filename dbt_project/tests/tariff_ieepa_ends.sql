-- IEEPA additions were collected through 2026-02-23 and are zero from 2026-02-24 on. Additions imposed after
-- the first half of 2026 are not tested.
select
    hts8,
    origin_iso3,
    valid_from,
    additional_ieepa_pct
from {{ ref('tariff_schedule') }}
where
    valid_from <= date '2026-06-30'
    and coalesce(valid_to, date '9999-12-31') >= date '2026-02-24'
    and additional_ieepa_pct != 0
