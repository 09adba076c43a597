{{ config(severity='warn') }}
-- Known since about 2009, in every basis that names a first supplier: Mexico of US fluorspar (to 2008 China
-- of its acid grade), Canada of US potash. Suppliers may change, so that another one is a reason to look and
-- no fault by itself.
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
-- a mineral without a table fails as well
where first_suppliers.supplier_iso3 is distinct from expected.expected_iso3
