-- A country whose net exports exceed its use is a net exporter without a percentage of its use.
select
    area,
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where
    least(
        coalesce(net_import_reliance_pct, 0), coalesce(nir_low_pct, 0), coalesce(nir_high_pct, 0),
        coalesce(computed_nir_pct, 0), coalesce(us_dependency_on_outside_low_pct, 0),
        coalesce(bloc_net_dependency_low_pct, 0), coalesce(bloc_net_dependency_pct, 0)
    ) < -100
