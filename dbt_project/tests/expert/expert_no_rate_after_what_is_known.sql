-- No total rate is stated after the last day covered by the rules.
select
    hts8,
    origin_iso3,
    valid_from
from {{ ref('tariff_schedule') }}
where rate_status = 'not_known_after' and total_ad_valorem_pct is not null
