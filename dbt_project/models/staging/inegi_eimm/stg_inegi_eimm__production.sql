-- One row per product and month: national output of Mexico's mines and smelters.
select
    product_group,
    product,
    period,
    unit,
    volume,
    value_kmxn,
    status,
    _archive_id,
    _vintage as vintage
from {{ current_rows('inegi_eimm__production', cells=['product', 'period']) }}
