-- A known total rate is not below the base rate.
select
    hts8,
    origin_iso3,
    valid_from
from {{ ref('tariff_schedule') }}
where
    total_ad_valorem_pct < base_ad_valorem_pct - 1e-6
    or preferential_total_ad_valorem_pct > total_ad_valorem_pct + 1e-6
