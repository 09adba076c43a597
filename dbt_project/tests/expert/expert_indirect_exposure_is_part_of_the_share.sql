-- The Chinese part of a supplier is at most its own share, and China itself has no indirect part.
select
    area,
    mineral_id,
    stage,
    period,
    basis,
    supplier_iso3
from {{ ref('import_sources') }}
where
    indirect_low > indirect_high + 1e-9
    or indirect_high > greatest(coalesce(quantity_share, 0), coalesce(value_share, 0)) + 1e-9
    or (policy_iso3 = 'CHN' and indirect_high > 0)
