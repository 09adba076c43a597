-- How dependent each country, and North America as one, is on others for a mineral.
{%- set columns = [
    'area', 'mineral_id', 'basis', 'year', 'edition', 'basis_carried_from', 'stage', 'is_headline', 'method',
    'primary_production_t', 'secondary_production_t', 'imports_t', 'exports_t', 'stock_change_t',
    'apparent_consumption_t', 'net_import_reliance_pct', 'nir_qualifier', 'nir_low_pct', 'nir_high_pct',
    'published_nir_pct', 'published_nir_qualifier', 'published_nir_low_pct', 'published_nir_high_pct',
    'is_estimated', 'china_import_share_pct',
    'intra_bloc_import_share_pct', 'us_dependency_on_outside_pct', 'us_dependency_on_outside_low_pct',
    'us_dependency_on_outside_high_pct', 'bloc_net_dependency_pct', 'bloc_net_dependency_low_pct',
    'bloc_net_dependency_high_pct', 'top_supplier_iso3', 'top_supplier_share_pct', 'supplier_period',
    'coverage', 'not_netted_reason', 'netting_sources', 'coverage_note', 'archive_ids', 'source_ids',
] %}
with stated as (
    {{ union_by_name(columns, [
        (ref('fct_import_dependency_us'), [
            'coverage_note', 'bloc_net_dependency_pct', 'bloc_net_dependency_low_pct',
            'bloc_net_dependency_high_pct', 'not_netted_reason', 'netting_sources',
        ]),
        (ref('fct_bloc_dependency'), ['basis_carried_from', 'published_nir_low_pct', 'published_nir_high_pct']),
    ]) }}
)

select
    *,
    {{ area_name('area') }} as area_name
from stated
