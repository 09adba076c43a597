-- US net import reliance with the origin of imports, which USGS prints for four years together. The headline
-- basis of a mineral takes the publisher's headline list, any other basis the list of its own stage.
with bloc as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NAM' and is_member_today
),

sources as (
    select
        *,
        case when supplier_iso3 in ('HKG', 'MAC') then 'CHN' else supplier_iso3 end as policy_iso3,
        supplier_iso3 in (select bloc.iso3 from bloc) as is_bloc
    from {{ ref('fct_import_source') }}
    where area = 'USA' and basis = 'usgs_four_years'
),

lists as (
    select
        edition,
        mineral_id,
        stage,
        is_headline,
        year(min(period)) as first_year,
        {{ exact_sum("case when policy_iso3 = 'CHN' then quantity_share end") }} as china_share,
        {{ exact_sum('case when is_bloc then quantity_share end') }} as bloc_share,
        max(quantity_share) is not null as has_shares,
        coalesce(bool_or(supplier_iso3 = 'ZZZ'), false) as has_remainder,
        min_by(supplier_iso3, published_rank) filter (where supplier_iso3 != 'ZZZ') as top_supplier_iso3,
        min_by(quantity_share, published_rank) filter (where supplier_iso3 != 'ZZZ') as top_share
    from sources
    group by edition, mineral_id, stage, is_headline
),

sourced as (
    select
        reliance.*,
        -- a country that is not named may still be in the remainder
        case
            when lists.china_share is not null then lists.china_share
            when lists.has_shares and not lists.has_remainder then 0
        end as china_share,
        case when lists.has_shares then coalesce(lists.bloc_share, 0) end as bloc_share,
        lists.top_supplier_iso3,
        lists.top_share,
        lists.first_year
    from {{ ref('fct_net_import_reliance') }} as reliance
    left join lists
        on
            reliance.edition = lists.edition
            and reliance.mineral_id = lists.mineral_id
            and case when reliance.is_headline then lists.is_headline else reliance.stage = lists.stage end
    -- a basis of a stage that is itself a headline list may meet it twice
    qualify row_number() over (
        partition by reliance.edition, reliance.mineral_id, reliance.basis, reliance.year
        order by lists.is_headline desc
    ) = 1
)

select
    area,
    mineral_id,
    basis,
    year,
    edition,
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
    is_estimated,
    round(100 * china_share, 6) as china_import_share_pct,
    round(100 * bloc_share, 6) as intra_bloc_import_share_pct,
    -- what comes from outside the three, named or not
    round({{ non_bloc_dependency_pct('net_import_reliance_pct', 'bloc_share') }}, 6)
        as extra_bloc_dependency_pct,
    top_supplier_iso3,
    round(100 * top_share, 6) as top_supplier_share_pct,
    first_year || '-' || (first_year + 3) as supplier_period,
    coverage,
    archive_ids,
    source_ids
from sourced
