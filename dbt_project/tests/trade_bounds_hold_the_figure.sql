-- A figure lies within its bounds, no lower bound is above the upper one, the figure of a net exporter is not
-- positive, and bounds are stated if the figure is missing.
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
    or nir_low_pct > nir_high_pct + 1e-6
    or us_dependency_on_outside_low_pct > us_dependency_on_outside_high_pct + 1e-6
    or us_dependency_on_outside_pct < us_dependency_on_outside_low_pct - 1e-6
    or us_dependency_on_outside_pct > us_dependency_on_outside_high_pct + 1e-6
    or bloc_net_dependency_low_pct > bloc_net_dependency_high_pct + 1e-6
    or bloc_net_dependency_pct < bloc_net_dependency_low_pct - 1e-6
    or bloc_net_dependency_pct > bloc_net_dependency_high_pct + 1e-6
    or (nir_qualifier = 'E' and net_import_reliance_pct > 0)
    or (nir_qualifier = '=' and net_import_reliance_pct is null)
    or (nir_qualifier = '<' and not nir_high_pct < 100)
