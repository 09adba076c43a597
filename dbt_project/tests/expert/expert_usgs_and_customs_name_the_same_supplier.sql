{{ config(severity='warn') }}
-- A country that supplies more than half of a mineral in all forms according to USGS is among the first ten
-- suppliers according to customs.
select
    usgs.mineral_id,
    usgs.supplier_iso3,
    usgs.quantity_share
from {{ ref('import_sources') }} as usgs
where
    usgs.area = 'USA'
    and usgs.basis = 'usgs_four_years'
    and usgs.rank = 1
    and usgs.stage = 'all_forms'
    and usgs.quantity_share > 0.5
    and exists (
        select 1
        from {{ ref('import_sources') }} as customs
        where
            customs.area = 'USA'
            and customs.basis = 'customs_value'
            and customs.mineral_id = usgs.mineral_id
    )
    and not exists (
        select 1
        from {{ ref('import_sources') }} as customs
        where
            customs.area = 'USA'
            and customs.basis = 'customs_value'
            and customs.mineral_id = usgs.mineral_id
            and customs.supplier_iso3 = usgs.supplier_iso3
            and customs.rank <= 10
    )
