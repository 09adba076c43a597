-- Import dependency of North America as one, and of Canada and Mexico alone, in the columns of
-- marts.import_dependency.
{%- set columns = [
    'area', 'mineral_id', 'basis', 'year', 'edition', 'stage', 'method', 'primary_production_t',
    'secondary_production_t', 'imports_t', 'exports_t', 'apparent_consumption_t', 'reliance_pct',
    'low_pct', 'high_pct', 'extra_bloc_dependency_pct', 'extra_bloc_dependency_low_pct',
    'extra_bloc_dependency_high_pct', 'top_supplier_iso3', 'top_supplier_share', 'china_share',
    'intra_bloc_share', 'supplier_period', 'is_estimated', 'place', 'coverage', 'coverage_note',
    'source_ids', 'archive_ids',
] %}

with rows_of_bloc as (
    {{ stacked(columns, [
        (ref('fct_bloc_netted'), []),
        (ref('fct_bloc_us_view'), ['exports_t', 'apparent_consumption_t']),
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
    {{ rounded('100 * china_share', 6) }} as china_import_share_pct,
    {{ rounded('100 * intra_bloc_share', 6) }} as intra_bloc_import_share_pct,
    {{ rounded('extra_bloc_dependency_pct', 6) }} as extra_bloc_dependency_pct,
    {{ rounded('extra_bloc_dependency_low_pct', 6) }} as extra_bloc_dependency_low_pct,
    {{ rounded('extra_bloc_dependency_high_pct', 6) }} as extra_bloc_dependency_high_pct,
    top_supplier_iso3,
    {{ rounded('100 * top_supplier_share', 6) }} as top_supplier_share_pct,
    supplier_period,
    -- the row to read first: netting that says something, the widest perimeter first, else the US view
    row_number() over (
        partition by area, mineral_id, edition, year
        order by place >= 4 or nir_qualifier != 'NA' desc, place asc, basis asc
    ) = 1 as is_headline,
    coverage,
    coverage_note,
    source_ids,
    archive_ids
from qualified
