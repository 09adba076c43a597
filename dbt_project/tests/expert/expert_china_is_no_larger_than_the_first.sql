-- China's share of imports is at most that of the first supplier, and equals it if China is the first.
select
    area,
    mineral_id,
    basis,
    year,
    edition,
    china_import_share_pct,
    top_supplier_iso3,
    top_supplier_share_pct
from {{ ref('import_dependency') }}
where
    -- Hong Kong and Macao count with China
    (top_supplier_iso3 not in ('CHN', 'HKG') and china_import_share_pct > top_supplier_share_pct + 1)
    or (top_supplier_iso3 = 'CHN' and china_import_share_pct < top_supplier_share_pct - 0.001)
