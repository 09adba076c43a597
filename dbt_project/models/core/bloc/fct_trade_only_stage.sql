-- Forms outside the policy stage of a mineral, such as magnets: trade of the three and of each of them,
-- without output and therefore without reliance.
with stages as (
    select *
    from {{ ref('policy_stage') }}
    where role = 'beside'
),

editions as (
    select
        year,
        max(edition) as edition
    from {{ ref('fct_net_import_reliance') }}
    group by year
),

areas as (
    select
        *,
        country_iso3 as area
    from {{ ref('fct_member_net_trade') }}
    union all
    select
        *,
        'USMCA' as area
    from {{ ref('fct_member_net_trade') }}
),

summed as (
    select
        areas.area,
        areas.mineral_id,
        areas.stage,
        areas.year,
        editions.edition,
        stages.traded_stage,
        stages.product,
        max(areas.hs_codes) as hs_codes,
        {{ exact_sum('areas.imports_t') }} as imports_t,
        {{ exact_sum('areas.exports_t') }} as exports_t,
        {{ joined("areas.country_iso3 || ': ' || areas.import_sources", ', ', by='areas.country_iso3') }}
            as netting_sources,
        {{ joined_distinct('areas.import_sources', ';') }} as source_ids,
        bool_or(areas.is_estimated) as is_estimated,
        {{ joined_distinct('areas.archive_ids', ';') }} as archive_ids
    from areas
    inner join stages on areas.mineral_id = stages.mineral_id and areas.stage = stages.stage
    inner join editions on areas.year = editions.year
    where areas.is_netted
    group by
        areas.area, areas.mineral_id, areas.stage, areas.year, editions.edition, stages.traded_stage,
        stages.product
    having areas.area != 'USMCA' or count(*) = 3
),

suppliers as (
    select
        tables.*,
        codes.stage as policy_stage
    from {{ ref('fct_import_source_summary') }} as tables
    inner join (
        select distinct
            codes.mineral_id,
            codes.stage,
            product.stage as line_stage
        from {{ ref('policy_stage_codes') }} as codes
        inner join {{ ref('dim_product') }} as product
            on codes.mineral_id = product.mineral_id and codes.hs_code = product.hs_code
    ) as codes
        on tables.mineral_id = codes.mineral_id and tables.stage = codes.line_stage
    where tables.basis = 'baci'
)

select
    summed.area,
    summed.mineral_id,
    summed.stage || '_stage' as basis,
    summed.year,
    summed.edition,
    summed.traded_stage as stage,
    summed.product,
    'trade_only' as method,
    summed.imports_t,
    summed.exports_t,
    suppliers.top_supplier_iso3,
    100 * suppliers.top_supplier_share as top_supplier_share_pct,
    100 * suppliers.china_share as china_share_pct,
    100 * suppliers.intra_bloc_share as intra_bloc_share_pct,
    summed.year::string as supplier_period,
    summed.is_estimated,
    3 as place,
    'trade_only' as coverage,
    summed.netting_sources,
    'Codes ' || summed.hs_codes as coverage_note,
    summed.source_ids,
    summed.archive_ids
from summed
left join suppliers
    on
        summed.area = suppliers.area
        and summed.mineral_id = suppliers.mineral_id
        and summed.stage = suppliers.policy_stage
        and summed.year = year(suppliers.period)
where summed.area != 'USA'
