-- North America through US imports by origin, for every US basis: what the USA draws from outside the three.
-- What Canada and Mexico themselves draw from outside is not known; their output bounds the reliance of the
-- three from below.
with supplier_tables as (
    select *
    from {{ ref('fct_import_source_summary') }}
    where area = 'USA' and basis = 'usgs_four_years' and intra_bloc_share is not null
),

-- the table of the basis's own stage, else that of all forms where the basis is the mineral's headline; a
-- table of four years serves each of them and the year after
us as (
    select
        reliance.*,
        suppliers.top_supplier_iso3,
        suppliers.top_supplier_share,
        suppliers.china_share,
        suppliers.intra_bloc_share,
        suppliers.intra_bloc_low_share,
        suppliers.intra_bloc_high_share,
        year(suppliers.period) as first_year,
        suppliers.archive_id as supplier_archive_id
    from {{ ref('fct_net_import_reliance') }} as reliance
    left join supplier_tables as suppliers
        on
            reliance.mineral_id = suppliers.mineral_id
            and (reliance.stage = suppliers.stage or (reliance.is_headline and suppliers.is_headline))
            and reliance.year between year(suppliers.period) and year(suppliers.period) + 4
    qualify row_number() over (
        partition by reliance.edition, reliance.mineral_id, reliance.basis, reliance.year
        order by reliance.stage = suppliers.stage desc nulls last, suppliers.edition desc
    ) = 1
),

-- output at the stage of the basis, or at the one whose US output is what the basis counts, but for rounding
pooled as (
    select
        us.*,
        bloc_output.output_t,
        bloc_output.output_t + coalesce(us.secondary_production_t, 0) as home_t,
        bloc_output.archive_id as output_archive_id
    from us
    left join {{ ref('fct_bloc_output') }} as us_output
        on
            us_output.area = 'USA'
            and us.edition = us_output.edition
            and us.mineral_id = us_output.mineral_id
            and us.year = us_output.year
            and (
                us.stage = us_output.stage
                or abs(us_output.output_t - us.primary_production_t) < 0.1 * us.primary_production_t
            )
    left join {{ ref('fct_bloc_output') }} as bloc_output
        on
            bloc_output.area = 'USMCA'
            and us_output.edition = bloc_output.edition
            and us_output.mineral_id = bloc_output.mineral_id
            and us_output.stage = bloc_output.stage
            and us_output.year = bloc_output.year
    qualify row_number() over (
        partition by us.edition, us.mineral_id, us.basis, us.year
        order by us.stage = us_output.stage desc nulls last, us_output.stage asc
    ) = 1
),

bounded as (
    select
        *,
        home_t = 0 and net_import_reliance_pct > 0 as is_without_output,
        {{ unmet_consumption_pct('home_t', 'apparent_consumption_t') }} as us_demand_pct
    from pooled
)

select
    'USMCA' as area,
    mineral_id,
    basis,
    year,
    edition,
    stage,
    'us_reliance_by_origin' as method,
    output_t as primary_production_t,
    secondary_production_t,
    imports_t * (1 - intra_bloc_share) as imports_t,
    case when is_without_output then 100.0 end as reliance_pct,
    case when is_without_output then 100.0 else us_demand_pct end as low_pct,
    100.0 as high_pct,
    {{ non_bloc_dependency_pct('net_import_reliance_pct', 'intra_bloc_share') }}
        as extra_bloc_dependency_pct,
    {{ non_bloc_dependency_pct('nir_low_pct', 'intra_bloc_high_share') }}
        as extra_bloc_dependency_low_pct,
    {{ non_bloc_dependency_pct('nir_high_pct', 'intra_bloc_low_share') }}
        as extra_bloc_dependency_high_pct,
    top_supplier_iso3,
    top_supplier_share,
    china_share,
    intra_bloc_share,
    first_year || '-' || (first_year + 3) as supplier_period,
    is_estimated,
    case when is_headline then 4 else 5 end as place,
    'us_view_by_origin' as coverage,
    'US reliance less the part of US imports from Canada and Mexico; what these draw from outside is unknown'
        as coverage_note,
    'usgs_mcs' as source_ids,
    concat_ws(';', archive_ids, supplier_archive_id, output_archive_id) as archive_ids
from bounded
