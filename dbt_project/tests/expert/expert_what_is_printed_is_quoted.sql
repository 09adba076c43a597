-- If USGS prints a reliance, our figure is that number. If it prints a bound or a net exporter, no figure
-- lies outside. A computed figure that rounds to another number states the reason.
select
    mineral_id,
    basis,
    year,
    edition,
    net_import_reliance_pct,
    published_nir_qualifier,
    published_nir_pct
from {{ ref('import_dependency') }}
where
    area = 'USA'
    and (
        (
            published_nir_qualifier = '='
            and published_nir_pct is not null
            and net_import_reliance_pct is distinct from published_nir_pct
        )
        or net_import_reliance_pct < published_nir_low_pct
        or net_import_reliance_pct > published_nir_high_pct
        or (
            published_nir_qualifier = '='
            and abs(computed_nir_pct - published_nir_pct) >= 0.5
            and coverage_note is null
        )
    )
