{{ config(severity='warn') }}
-- Mexico has been the first supplier of US fluorspar since about 2009 (China was until 2008, for acid grade),
-- and Canada is that of US potash, in every basis that names a first supplier. Suppliers may change, so a
-- different one is a reason to check and not in itself an error.
with expected (mineral_id, expected_iso3) as (
    values ('fluorspar', 'MEX'), ('potash', 'CAN')
),

first_suppliers as (
    select *
    from {{ ref('import_sources') }}
    where
        area = 'USA'
        and rank = 1
        and period_type != 'month'
        and period >= date '2009-01-01'
        and stage in ('ore_concentrate', 'compound', 'all_forms')
)

select
    expected.mineral_id,
    first_suppliers.basis,
    first_suppliers.period,
    first_suppliers.supplier_iso3
from expected
left join first_suppliers on expected.mineral_id = first_suppliers.mineral_id
-- a mineral without a supplier table fails as well
where first_suppliers.supplier_iso3 is distinct from expected.expected_iso3
