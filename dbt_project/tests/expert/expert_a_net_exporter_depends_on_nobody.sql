-- If a country exports more than it imports, its reliance is not positive.
select
    area,
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where
    nir_qualifier = 'E' and us_dependency_on_outside_pct > 0 and area = 'USA'
    or (nir_qualifier = 'E' and coalesce(net_import_reliance_pct, 0) > 0)
