-- US dependency on countries outside the three is at most its total reliance on imports.
select
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where area = 'USA' and us_dependency_on_outside_pct > greatest(net_import_reliance_pct, 0) + 1e-6
