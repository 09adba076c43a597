-- No share is negative or greater than 1.
select
    'import_sources' as mart,
    mineral_id
from {{ ref('import_sources') }}
where
    not coalesce(value_share between 0 and 1 + 1e-12, true)
    or not coalesce(quantity_share between 0 and 1 + 1e-12, true)
    or not coalesce(indirect_low between 0 and 1 + 1e-12, true)
    or not coalesce(indirect_high between 0 and 1 + 1e-12, true)
    or indirect_low > indirect_high + 1e-12
    or not unallocated_share between 0 and 1 + 1e-12
union all
select
    'supplier_concentration' as mart,
    mineral_id
from {{ ref('supplier_concentration') }}
where
    cr1_share > 1 + 1e-12
    or cr3_share > 1 + 1e-12
    or cr1_share > cr3_share + 1e-12
    or hhi > 10000 + 1e-6
    or hhi_high < hhi
    or hhi_wgi > 10 * hhi + 1e-6
union all
select
    'import_dependency' as mart,
    mineral_id
from {{ ref('import_dependency') }}
where
    net_import_reliance_pct > 100
    or not coalesce(china_import_share_pct between 0 and 100, true)
    or not coalesce(intra_bloc_import_share_pct between 0 and 100, true)
    or not coalesce(us_dependency_on_outside_pct between 0 and 100, true)
    or not coalesce(bloc_net_dependency_pct between 0 and 100, true)
    or not coalesce(top_supplier_share_pct between 0 and 100, true)
