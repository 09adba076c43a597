-- A figure of the three, or of Canada or Mexico, is stated only where its bounds are at most fifty points
-- apart: net imports over net imports are always 100 %.
select
    area,
    mineral_id,
    year,
    edition,
    net_import_reliance_pct,
    nir_low_pct,
    nir_high_pct
from {{ ref('import_dependency') }}
where
    area != 'USA'
    and method = 'net_imports_over_supply'
    and net_import_reliance_pct is not null
    and least(nir_high_pct, 100) - greatest(coalesce(nir_low_pct, 0), 0) > 50
