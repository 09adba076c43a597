-- Suppliers of an area's imports of a mineral at a stage, by period and basis: shares, ranks, indirect
-- exposure to China, and which table to quote.
with sources as (
    select
        sources.*,
        countries.policy_iso3
    from {{ ref('fct_import_source') }} as sources
    left join {{ ref('dim_country') }} as countries on sources.supplier_iso3 = countries.iso3
),

members as (
    select
        iso3,
        bool_or(bloc = 'NORTH_AMERICA') as is_bloc,
        bool_or(bloc = 'FEOC') as is_feoc
    from {{ ref('dim_bloc_member') }}
    where is_member_today
    group by iso3
),

-- a supplier's imports from China in the year, or in the two preceding years if that is not stated
feed as (
    select
        *,
        least(
            year + 3,
            coalesce(
                lead(year) over (partition by supplier_iso3, mineral_id, stage order by year), year + 3
            )
        ) as next_year
    from {{ ref('fct_supplier_china_feed') }}
),

-- a pause of controls is not a supply agreement
agreements as (
    select
        party_iso3,
        min(signed) as signed
    from {{ ref('fct_agreement_party') }}
    where kind != 'suspension'
    group by party_iso3
),

-- countries that the newest edition lists as producers of a mineral at any stage; a mineral without a list of
-- countries has no row
producers as (
    select distinct
        mineral_id,
        country_iso3
    from {{ ref('fct_production') }}
    where
        source_id = 'usgs_mcs'
        and not is_world
        and country_iso3 != 'ZZZ'
        and coalesce(production_high_t, production_t, 1) > 0
    qualify edition = max(edition) over (partition by mineral_id)
),

judged as (
    select
        *,
        coalesce(quantity_share, value_share) as main_share,
        coalesce(
            max(case when supplier_iso3 = 'ZZZ' then coalesce(quantity_share, value_share) end)
                over supplier_table,
            0
        ) as unallocated_share,
        count(coalesce(quantity_share, value_share)) over supplier_table = 0 as is_ranks_only,
        bool_or(is_allocated) over supplier_table as is_basket
    from sources
    window supplier_table as (partition by area, mineral_id, stage, period, period_type, basis)
),

ranked as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        supplier_iso3,
        row_number() over (
            partition by area, mineral_id, stage, period, period_type, basis
            order by main_share desc nulls last, published_rank asc, supplier_iso3 asc
        )::integer as place
    from judged
    where supplier_iso3 != 'ZZZ'
)

select
    judged.area,
    {{ area_name('judged.area') }} as area_name,
    judged.mineral_id,
    judged.stage,
    judged.period,
    judged.period_type,
    judged.basis,
    judged.supplier_iso3,
    judged.policy_iso3,
    judged.edition,
    judged.form,
    round(judged.value_usd)::bigint as value_usd,
    round(judged.value_low_usd)::bigint as value_low_usd,
    round(judged.value_high_usd)::bigint as value_high_usd,
    judged.quantity_t,
    judged.value_share,
    judged.quantity_share,
    ranked.place as rank,
    coalesce(members.is_bloc, false) as is_bloc,
    coalesce(policy_members.is_feoc, false) as is_feoc,
    judged.main_share * feed.sigma_low as indirect_low,
    judged.main_share * feed.sigma_high as indirect_high,
    feed.sigma_basis,
    feed.year as sigma_year,
    coalesce(restrictions.is_whole, false) as restricts_exports,
    coalesce(not restrictions.is_whole, false) as restricts_a_form,
    restrictions.restricted_since,
    restrictions.worst_measure,
    case
        when judged.supplier_iso3 = 'ZZZ' then null
        when producers.mineral_id is not null then 'listed'
        when judged.mineral_id in (select listed.mineral_id from producers as listed) then 'not_listed'
        else 'no_table'
    end as supplier_output,
    agreements.party_iso3 is not null as has_agreement,
    agreements.signed as agreement_signed,
    judged.unallocated_share,
    coalesce(quoted.is_recommended, false) as is_recommended,
    quoted.quote_note,
    case
        when judged.is_ranks_only then 'ranks_only'
        when judged.unallocated_share > 0 then 'remainder_not_allocated'
        when judged.is_basket then 'basket_allocated'
        else 'complete'
    end as coverage,
    judged.source_id,
    judged.archive_id
from judged
left join ranked
    on
        judged.area = ranked.area
        and judged.mineral_id = ranked.mineral_id
        and judged.stage = ranked.stage
        and judged.period = ranked.period
        and judged.period_type = ranked.period_type
        and judged.basis = ranked.basis
        and judged.supplier_iso3 = ranked.supplier_iso3
left join {{ ref('fct_quoted_table') }} as quoted
    on
        judged.area = quoted.area
        and judged.mineral_id = quoted.mineral_id
        and judged.stage = quoted.stage
        and judged.period = quoted.period
        and judged.period_type = quoted.period_type
        and judged.basis = quoted.basis
left join producers
    on judged.mineral_id = producers.mineral_id and judged.policy_iso3 = producers.country_iso3
left join members on judged.supplier_iso3 = members.iso3
left join members as policy_members on judged.policy_iso3 = policy_members.iso3
left join feed
    on
        judged.supplier_iso3 = feed.supplier_iso3
        and judged.policy_iso3 != 'CHN'
        and judged.mineral_id = feed.mineral_id
        and judged.stage = feed.stage
        and year(judged.period) between feed.year and feed.next_year - 1
        and judged.period_type in ('year', 'month')
left join {{ ref('fct_restricting_supplier') }} as restrictions
    on
        judged.policy_iso3 = restrictions.imposer_iso3
        and judged.mineral_id = restrictions.mineral_id
        and judged.stage = restrictions.stage
left join agreements on judged.policy_iso3 = agreements.party_iso3
