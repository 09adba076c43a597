with sources as (
    select * from {{ ref('fct_import_source') }}
),

countries as (
    select iso3, policy_iso3 from {{ ref('dim_country') }}
),

members as (
    select
        iso3,
        bool_or(bloc = 'NAM') as is_bloc,
        bool_or(bloc = 'FEOC') as is_feoc
    from {{ ref('dim_bloc_member') }}
    where is_member_today
    group by iso3
),

-- China's part of what a supplier itself imports, where all its partners are known: members of the bloc, and
-- any other whose BACI rows reach beyond it
partner_imports as (
    select
        sources.supplier_iso3 as origin_iso3,
        sources.area as importer_iso3,
        sources.mineral_id,
        sources.stage,
        sources.period,
        sources.value_share
    from sources
    where sources.basis = 'baci' and sources.area != 'NAM'
),

partner_china as (
    select
        importer_iso3,
        mineral_id,
        stage,
        period,
        coalesce(sum(value_share) filter (countries.policy_iso3 = 'CHN'), 0) as china_share
    from partner_imports
    inner join countries on partner_imports.origin_iso3 = countries.iso3
    group by importer_iso3, mineral_id, stage, period
),

tables as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        coalesce(sum(coalesce(value_share, quantity_share)) filter (supplier_iso3 = 'ZZZ'), 0) as unallocated_share,
        count(coalesce(value_share, quantity_share)) = 0 as is_ranks_only,
        bool_or(is_allocated) as is_allocated
    from sources
    group by area, mineral_id, stage, period, period_type, basis
)

select
    sources.area,
    sources.mineral_id,
    sources.stage,
    sources.period,
    sources.period_type,
    sources.basis,
    sources.supplier_iso3,
    countries.policy_iso3,
    sources.edition,
    sources.form,
    round(sources.value_usd)::bigint as value_usd,
    sources.quantity_t,
    sources.value_share,
    sources.quantity_share,
    case
        when sources.supplier_iso3 != 'ZZZ'
            then row_number() over (
                partition by
                    sources.area, sources.mineral_id, sources.stage, sources.period, sources.period_type, sources.basis,
                    sources.supplier_iso3 = 'ZZZ'
                order by
                    coalesce(sources.quantity_share, sources.value_share) desc nulls last,
                    sources.published_rank,
                    sources.supplier_iso3
            )
    end::integer as rank,
    coalesce(members.is_bloc, false) as is_bloc,
    coalesce(policy_members.is_feoc, false) as is_feoc,
    case
        when countries.policy_iso3 != 'CHN'
            then coalesce(sources.value_share, sources.quantity_share) * partner_china.china_share
    end as indirect_china_share,
    tables.unallocated_share,
    case
        when tables.is_ranks_only then 'ranks_only'
        when tables.unallocated_share > 0 then 'remainder_not_allocated'
        when tables.is_allocated then 'basket_allocated'
        else 'complete'
    end as coverage,
    sources.source_id,
    sources.archive_id
from sources
inner join tables using (area, mineral_id, stage, period, period_type, basis)
left join countries on sources.supplier_iso3 = countries.iso3
left join members on sources.supplier_iso3 = members.iso3
left join members as policy_members on countries.policy_iso3 = policy_members.iso3
left join partner_china
    on
        sources.supplier_iso3 = partner_china.importer_iso3
        and sources.mineral_id = partner_china.mineral_id
        and sources.stage = partner_china.stage
        and sources.period_type = 'year'
        and sources.period = partner_china.period
