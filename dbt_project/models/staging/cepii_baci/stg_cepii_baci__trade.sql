-- One row a nomenclature, year, exporter, importer and HS6 code: one reconciled flow, FOB.
with source as (
    select * from {{ current_rows('cepii_baci__trade', ['year']) }}
)

select
    nomenclature,
    year,
    make_date(year, 1, 1) as period,
    exporter_code,
    importer_code,
    hs6 as hs_code,
    value_kusd * 1000 as value_usd,
    quantity_t,
    _archive_id,
    _vintage as vintage
from source
qualify row_number() over (
    partition by nomenclature, year, exporter_code, importer_code, hs6
    order by _vintage desc, quantity_t is null asc, _archive_id asc
) = 1
