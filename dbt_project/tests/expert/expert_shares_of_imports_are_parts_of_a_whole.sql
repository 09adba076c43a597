-- China's share and the share of the other two of the three are parts of the same imports and do not exceed
-- 1.
select
    area,
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where area != 'USMCA' and china_import_share_pct + intra_bloc_import_share_pct > 100.5
