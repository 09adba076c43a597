-- A figure lies within its bounds, a net exporter's is not positive, and a bound is stated where a figure is
-- not.
select
    area,
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where
    net_import_reliance_pct < nir_low_pct - 1e-6
    or net_import_reliance_pct > nir_high_pct + 1e-6
    or extra_bloc_dependency_pct < extra_bloc_dependency_low_pct - 1e-6
    or extra_bloc_dependency_pct > extra_bloc_dependency_high_pct + 1e-6
    or (nir_qualifier = 'E' and net_import_reliance_pct > 0)
    or (nir_qualifier = '=' and net_import_reliance_pct is null)
    or (nir_qualifier = '<' and not nir_high_pct < 100)
