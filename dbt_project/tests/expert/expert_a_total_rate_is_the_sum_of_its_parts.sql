-- Additions are stated by programme, and the total addition is their sum or a range.
select
    hts8,
    origin_iso3,
    valid_from,
    total_ad_valorem_pct
from {{ ref('tariff_schedule') }}
where
    total_ad_valorem_pct is not null
    and abs(
        total_ad_valorem_pct
        - base_ad_valorem_pct
        - coalesce(additional_301_pct, 0)
        - coalesce(additional_232_pct, 0)
        - coalesce(additional_122_pct, 0)
        - coalesce(additional_ieepa_pct, 0)
    ) > 1e-6 + coalesce(additional_range_pct, 0)
