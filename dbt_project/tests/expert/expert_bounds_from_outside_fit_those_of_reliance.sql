-- US dependency on countries outside the three is the reliance minus the supply from Canada and Mexico, for
-- both bounds.
select
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where
    area = 'USA'
    and (
        us_dependency_on_outside_high_pct > greatest(nir_high_pct, 0) + 1e-6
        or us_dependency_on_outside_low_pct > greatest(nir_high_pct, 0) + 1e-6
    )
