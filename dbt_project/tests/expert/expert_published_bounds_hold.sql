-- If USGS prints more than or less than a number, our figure respects this bound.
select
    mineral_id,
    basis,
    year,
    edition
from {{ ref('import_dependency') }}
where
    area = 'USA'
    and (
        (published_nir_qualifier = '>' and nir_low_pct < published_nir_low_pct - 1e-6)
        or (published_nir_qualifier = '<' and nir_high_pct > published_nir_high_pct + 1e-6)
        or (
            published_nir_qualifier in ('>', '<')
            and net_import_reliance_pct is null
            and nir_low_pct is null
            and nir_high_pct is null
        )
    )
