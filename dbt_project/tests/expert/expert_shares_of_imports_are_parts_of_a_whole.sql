-- China's share and that of the other two of the three are parts of the same imports.
select
    area,
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where area != 'USMCA' and china_import_share_pct + intra_bloc_import_share_pct > 100.5
