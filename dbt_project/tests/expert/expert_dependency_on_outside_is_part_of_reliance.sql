-- What the USA draws from outside the three is at most what it draws from abroad.
select
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where area = 'USA' and us_dependency_on_outside_pct > greatest(net_import_reliance_pct, 0) + 1e-6
