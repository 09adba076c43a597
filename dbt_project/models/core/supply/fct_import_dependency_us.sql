-- US net import reliance with the origin of imports, which USGS states for four years together. Shares apply
-- to their own years and the next one. Where they cover a year, they take precedence over a mere ranking of
-- suppliers. The headline basis of a mineral uses the headline table, any other basis the table of its own
-- stage. China's share of the year itself comes from customs.
with china_by_customs as (
    select
        mineral_id,
        year,
        {{ share(
            "coalesce(max(case when supplier_iso3 = 'CHN' then supplier_value_usd end), 0)",
            'max(import_value_usd)'
        ) }} as china_value_share
    from {{ ref('fct_us_supplier_year') }}
    group by mineral_id, year
),

sourced as (
    select
        reliance.*,
        -- a balance that adds the content of goods of several stages belongs to no single stage
        coalesce(several.traded_stage, reliance.stage) as stage_of_goods,
        case when reliance.is_headline then china_by_customs.china_value_share end as china_value_share,
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
    left join {{ ref('dim_headline_stage') }} as several
        on
            reliance.mineral_id = several.mineral_id
            and reliance.basis = several.us_basis
            and several.traded_stage = 'all_forms'
    left join china_by_customs
        on reliance.mineral_id = china_by_customs.mineral_id and reliance.year = china_by_customs.year
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
    stage_of_goods as stage,
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
    computed_nir_pct,
    is_estimated,
    {{ rounded('100 * china_share', 6) }} as china_import_share_pct,
    {{ rounded('100 * china_value_share', 6) }} as china_value_share_of_year_pct,
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
    nullif(
        concat_ws(
            '; ',
            case
                when
                    computed_nir_pct is not null
                    and (
                        net_import_reliance_pct is null
                        or abs(computed_nir_pct - net_import_reliance_pct) >= 0.5
                    )
                    then concat(
                        'as USGS prints it; its printed rows alone give ',
                        round(computed_nir_pct, 1)::string,
                        ' %, because ',
                        case
                            when coverage = 'balance_differs_from_published'
                                then 'it counts stocks or forms that it does not print'
                            when coverage = 'opening_stock_not_printed' then 'an opening stock is missing'
                            when coverage = 'stock_change_withheld' then 'a stock is withheld'
                            when coverage = 'exports_not_printed' then 'exports are not printed'
                            when is_estimated then 'they are rounded or estimated'
                            else 'they are rounded'
                        end
                    )
            end,
            case
                when abs(china_share - china_value_share) >= 0.2
                    then concat(
                        'China: ', round(100 * china_share)::integer::string, ' % of the weight in ',
                        first_share_year::string, '-', (first_share_year + 3)::string, ', ',
                        round(100 * china_value_share)::integer::string, ' % of the value in ', year::string
                    )
            end
        ),
        ''
    ) as coverage_note,
    concat_ws(';', archive_ids, nullif(shares_archive_id, archive_ids)) as archive_ids,
    source_ids
from sourced
