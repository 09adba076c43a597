-- Known facts, in every basis that has shares: Mexico is the first US supplier of fluorspar, Canada of
-- potash.
with first_suppliers as (
    select
        sources.mineral_id,
        sources.basis,
        sources.period,
        sources.supplier_iso3,
        expected.supplier_iso3 as expected_iso3
    from {{ ref('import_sources') }} as sources
    inner join (values ('fluorspar', 'MEX'), ('potash', 'CAN')) as expected (mineral_id, supplier_iso3)
        on sources.mineral_id = expected.mineral_id
    where
        sources.area = 'USA'
        and sources.rank = 1
        and sources.stage in ('ore_concentrate', 'compound', 'all_forms')
)

select *
from first_suppliers
where supplier_iso3 != expected_iso3
union all
-- the facts must be there to hold
select
    mineral_id,
    null,
    null,
    null,
    null
from (values ('fluorspar'), ('potash')) as minerals (mineral_id)
where mineral_id not in (select first_suppliers.mineral_id from first_suppliers)
