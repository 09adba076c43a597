-- Trade among the three is not an import of the three as one.
select
    mineral_id,
    stage,
    period,
    basis,
    supplier_iso3
from {{ ref('import_sources') }}
where area = 'USMCA' and supplier_iso3 in ('USA', 'CAN', 'MEX') and basis = 'baci'
