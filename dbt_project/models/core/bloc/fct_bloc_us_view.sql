-- Dependency of North America seen through US imports by origin, for minerals without a policy stage: US
-- imports from outside the three. Imports of Canada and Mexico from outside are not included.
with us as (
    select reliance.*
    from {{ ref('fct_import_dependency_us') }} as reliance
    anti join {{ ref('policy_stage') }} as staged on reliance.mineral_id = staged.mineral_id
)

select
    'USMCA' as area,
    mineral_id,
    basis,
    year,
    edition,
    stage,
    'us_reliance_by_origin' as method,
    imports_t * (1 - intra_bloc_import_share_pct / 100) as imports_t,
    null::double as reliance_pct,
    null::double as low_pct,
    100.0 as high_pct,
    us_dependency_on_outside_pct,
    us_dependency_on_outside_low_pct,
    us_dependency_on_outside_high_pct,
    null::double as bloc_net_dependency_pct,
    0.0 as bloc_net_dependency_low_pct,
    100.0 as bloc_net_dependency_high_pct,
    top_supplier_iso3,
    top_supplier_share_pct,
    china_import_share_pct as china_share_pct,
    intra_bloc_import_share_pct as intra_bloc_share_pct,
    supplier_period,
    is_estimated,
    case when is_headline then 2 else 3 end as place,
    'us_view_by_origin' as coverage,
    'no_policy_stage' as not_netted_reason,
    'US reliance less the part of US imports from Canada and Mexico; what these draw from outside is unknown'
        as coverage_note,
    'usgs_mcs' as source_ids,
    archive_ids
from us
