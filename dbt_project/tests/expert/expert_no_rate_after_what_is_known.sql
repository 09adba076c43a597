-- After the day to which a rule was looked up no total is stated.
select
    hts8,
    origin_iso3,
    valid_from
from {{ ref('tariff_schedule') }}
where rate_status = 'not_known_after' and total_ad_valorem_pct is not null
