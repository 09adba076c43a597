-- No country supplies its own imports.
select
    area,
    mineral_id,
    stage,
    period,
    basis
from {{ ref('import_sources') }}
where supplier_iso3 = area and coalesce(quantity_share, value_share) > 0
