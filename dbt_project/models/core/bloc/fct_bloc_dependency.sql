-- Import dependency of North America as one, and of Canada and Mexico alone, with the columns of
-- marts.import_dependency.
{%- set columns = [
    'area', 'mineral_id', 'basis', 'year', 'edition', 'stage', 'product', 'method', 'primary_production_t',
    'secondary_production_t', 'imports_t', 'exports_t', 'apparent_consumption_t', 'reliance_pct',
    'low_pct', 'high_pct', 'us_dependency_on_outside_pct', 'us_dependency_on_outside_low_pct',
    'us_dependency_on_outside_high_pct', 'bloc_net_dependency_pct', 'bloc_net_dependency_low_pct',
    'bloc_net_dependency_high_pct', 'top_supplier_iso3', 'top_supplier_share_pct', 'china_share_pct',
    'intra_bloc_share_pct', 'supplier_period', 'is_estimated', 'place', 'coverage', 'not_netted_reason',
    'netting_sources', 'coverage_note', 'source_ids', 'archive_ids',
] %}

with rows_of_bloc as (
    {{ union_by_name(columns, [
        (ref('fct_bloc_netted'), []),
        (ref('fct_bloc_us_view'), [
            'product', 'primary_production_t', 'secondary_production_t', 'exports_t', 'apparent_consumption_t',
            'netting_sources',
        ]),
        (ref('fct_trade_only_stage'), [
            'primary_production_t', 'secondary_production_t', 'apparent_consumption_t', 'reliance_pct',
            'low_pct', 'high_pct', 'us_dependency_on_outside_pct', 'us_dependency_on_outside_low_pct',
            'us_dependency_on_outside_high_pct', 'bloc_net_dependency_pct', 'bloc_net_dependency_low_pct',
            'bloc_net_dependency_high_pct', 'not_netted_reason',
        ]),
    ]) }}
),

qualified as (
    select
        *,
        case
            when high_pct <= 0 or reliance_pct <= 0 then 'E'
            when reliance_pct is not null then '='
            when {{ rounded('high_pct', 6) }} < 100 then '<'
            when low_pct > 0 then '>'
            else 'NA'
        end as nir_qualifier
    from rows_of_bloc
)

select
    area,
    mineral_id,
    basis,
    year::smallint as year,
    edition,
    stage,
    product,
    method,
    primary_production_t,
    secondary_production_t,
    imports_t,
    exports_t,
    null::double as stock_change_t,
    apparent_consumption_t,
    {{ rounded('reliance_pct', 6) }} as net_import_reliance_pct,
    nir_qualifier,
    {{ rounded('low_pct', 6) }} as nir_low_pct,
    {{ rounded('high_pct', 6) }} as nir_high_pct,
    null::double as published_nir_pct,
    null::string as published_nir_qualifier,
    is_estimated,
    {{ rounded('china_share_pct', 6) }} as china_import_share_pct,
    {{ rounded('intra_bloc_share_pct', 6) }} as intra_bloc_import_share_pct,
    us_dependency_on_outside_pct,
    us_dependency_on_outside_low_pct,
    us_dependency_on_outside_high_pct,
    case when area = 'USMCA' then {{ rounded('bloc_net_dependency_pct', 6) }} end as bloc_net_dependency_pct,
    case when area = 'USMCA' then {{ rounded('bloc_net_dependency_low_pct', 6) }} end
        as bloc_net_dependency_low_pct,
    case when area = 'USMCA' then {{ rounded('bloc_net_dependency_high_pct', 6) }} end
        as bloc_net_dependency_high_pct,
    top_supplier_iso3,
    {{ rounded('top_supplier_share_pct', 6) }} as top_supplier_share_pct,
    supplier_period,
    -- the netted row at the policy stage, from whatever source; otherwise the US view in the USA's own basis
    place <= 2 as is_headline,
    coverage,
    not_netted_reason,
    netting_sources,
    coverage_note,
    source_ids,
    archive_ids
from qualified
