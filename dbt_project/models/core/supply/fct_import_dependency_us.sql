-- US net import reliance with the origin of imports, which USGS states for four years together. Shares apply
-- to their own years and the next one. Where they cover a year, they take precedence over a mere ranking of
-- suppliers. The headline basis of a mineral uses the headline table, any other basis the table of its own
-- stage.
with sourced as (
    select
        reliance.*,
        origins.top_supplier_iso3,
        origins.top_supplier_share,
        origins.china_share,
        origins.intra_bloc_share,
        origins.intra_bloc_low_share,
        origins.intra_bloc_high_share,
        year(origins.period) as first_share_year,
        origins.archive_id as shares_archive_id
    from {{ ref('fct_net_import_reliance') }} as reliance
    left join {{ ref('fct_import_source_summary') }} as origins
        on
            reliance.mineral_id = origins.mineral_id
            and reliance.year between year(origins.period) and year(origins.period) + 4
            and case
                when reliance.is_headline then origins.is_headline
                else reliance.stage = origins.stage
            end
            and origins.area = 'USA'
            and origins.basis = 'usgs_four_years'
    qualify row_number() over (
        partition by reliance.edition, reliance.mineral_id, reliance.basis, reliance.year
        order by origins.intra_bloc_share is not null desc, origins.edition desc, origins.is_headline desc
    ) = 1
)

select
    area,
    mineral_id,
    basis,
    year,
    edition,
    basis_carried_from,
    stage,
    is_headline,
    method,
    primary_production_t,
    secondary_production_t,
    imports_t,
    exports_t,
    stock_change_t,
    apparent_consumption_t,
    net_import_reliance_pct,
    nir_qualifier,
    nir_low_pct,
    nir_high_pct,
    published_nir_pct,
    published_nir_qualifier,
    published_nir_low_pct,
    published_nir_high_pct,
    is_estimated,
    {{ rounded('100 * china_share', 6) }} as china_import_share_pct,
    {{ rounded('100 * intra_bloc_share', 6) }} as intra_bloc_import_share_pct,
    {{ rounded(non_bloc_dependency_pct('net_import_reliance_pct', 'intra_bloc_share'), 6) }}
        as us_dependency_on_outside_pct,
    {{ rounded(non_bloc_dependency_pct('nir_low_pct', 'intra_bloc_high_share'), 6) }}
        as us_dependency_on_outside_low_pct,
    {{ rounded(non_bloc_dependency_pct('nir_high_pct', 'intra_bloc_low_share'), 6) }}
        as us_dependency_on_outside_high_pct,
    top_supplier_iso3,
    {{ rounded('100 * top_supplier_share', 6) }} as top_supplier_share_pct,
    first_share_year || '-' || (first_share_year + 3) as supplier_period,
    coverage,
    concat_ws(';', archive_ids, nullif(shares_archive_id, archive_ids)) as archive_ids,
    source_ids
from sourced
