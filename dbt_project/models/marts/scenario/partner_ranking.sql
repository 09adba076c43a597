-- What each partner outside the USA, Canada and Mexico would contribute to an agreement: the part of US
-- imports that originates in it, spare capacity of its plants, reserves, and governance. A share of imports
-- alone gives no rank.
with us_supply as (
    select *
    from {{ ref('fct_us_supply') }}
    where year in (select world.year from {{ ref('fct_world_supply') }} as world)
),

suppliers as (
    select * from {{ ref('fct_us_supplier') }}
),

origins as (
    select * from {{ ref('fct_partner_origin') }}
),

-- an edition prints capacity for one or two years; plants exist longer
world_supply as (
    select
        {{ all_but(['capacity_t']) }},
        coalesce(capacity_t, max(capacity_t) over (partition by mineral_id, country_iso3)) as capacity_t
    from {{ ref('fct_world_supply') }}
),

listed as (
    select
        mineral_id,
        max(import_share) filter (where supplier_iso3 = 'ZZZ') as unnamed_share,
        max(year(period) || '-' || (year(period) + 3)) as share_period
    from suppliers
    group by mineral_id
),

memberships as (
    select
        iso3,
        bool_or(bloc = 'NORTH_AMERICA') as is_bloc,
        bool_or(bloc = 'FEOC') as is_feoc,
        bool_or(bloc = 'PLURILATERAL_CANDIDATE') as is_candidate
    from {{ ref('dim_bloc_member') }}
    where is_member_today
    group by iso3
),

agreements as (
    select
        party_iso3,
        min(signed) as signed
    from {{ ref('fct_agreement_party') }}
    where kind != 'suspension'
    group by party_iso3
),

-- at any stage
restrictions as (
    select
        imposer_iso3,
        mineral_id,
        worst_measure
    from {{ ref('fct_restricting_supplier') }}
    where stage = 'all_forms'
),

partners as (
    select
        us_supply.mineral_id,
        us_supply.year,
        suppliers.supplier_iso3 as partner_iso3
    from us_supply
    inner join suppliers on us_supply.mineral_id = suppliers.mineral_id
    union
    select
        us_supply.mineral_id,
        us_supply.year,
        world.country_iso3
    from us_supply
    inner join world_supply as world
        on us_supply.mineral_id = world.mineral_id and us_supply.year = world.year
    union
    select
        origins.mineral_id,
        origins.year,
        origins.supplier_iso3
    from origins
),

smallest_sets as (
    select
        mineral_id,
        year,
        max(dependency_after_pct) filter (where step = 0) as dependency_without_partners_pct,
        case
            when bool_and(is_target_reached)
                then coalesce({{ joined('partner_iso3', ';', by='step', where='is_in_smallest_set') }}, '')
        end as smallest_set,
        case when bool_and(is_target_reached) then count(*) filter (where is_in_smallest_set) end::integer
            as set_size
    from {{ ref('fct_partner_set') }}
    group by mineral_id, year
),

brought as (
    select
        partners.*,
        us_supply.reliance_pct,
        us_supply.reliance_low_pct,
        us_supply.reliance_high_pct,
        suppliers.import_share,
        suppliers.import_share_low,
        suppliers.import_share_high,
        listed.unnamed_share,
        listed.share_period,
        listed.mineral_id is not null as has_sources,
        origins.own_share,
        origins.through_others_share,
        origins.through_iso3,
        origins.fed_by_iso3,
        origins.origin_share,
        world.stage as production_stage,
        world.production_t,
        world.capacity_t,
        {{ spare_output('world.production_t', 'world.capacity_t', 0.95, 'null') }} as spare_t,
        world.world_share as production_share,
        world.reserves_share,
        governance.wgi_estimate as wgi,
        coalesce(memberships.is_feoc, false) as is_feoc,
        coalesce(memberships.is_candidate, false) as is_candidate,
        us_supply.source_ids
    from partners
    inner join us_supply on partners.mineral_id = us_supply.mineral_id and partners.year = us_supply.year
    left join suppliers
        on partners.mineral_id = suppliers.mineral_id and partners.partner_iso3 = suppliers.supplier_iso3
    left join listed on partners.mineral_id = listed.mineral_id
    left join origins
        on
            partners.mineral_id = origins.mineral_id
            and partners.year = origins.year
            and partners.partner_iso3 = origins.supplier_iso3
    left join world_supply as world
        on
            partners.mineral_id = world.mineral_id
            and partners.year = world.year
            and partners.partner_iso3 = world.country_iso3
    left join {{ ref('dim_country_governance') }} as governance
        on
            partners.partner_iso3 = governance.iso3
            and partners.year between governance.from_year and governance.to_year
    left join memberships on partners.partner_iso3 = memberships.iso3
    where partners.partner_iso3 != 'ZZZ' and not coalesce(memberships.is_bloc, false)
),

-- an unnamed partner has at most the remainder
measured as (
    select
        *,
        coalesce(origin_share > 0, false)
        or coalesce(production_share > 0, false)
        or coalesce(spare_t > 0, false) as makes_some,
        case
            when not has_sources or (import_share is not null and origin_share is null) then null
            else reliance_pct * coalesce(origin_share, 0)
        end as reduction_pp,
        case
            when has_sources
                -- least() skips missing values
                then reliance_low_pct * case
                    when origin_share is null then 0
                    else least(
                        origin_share, coalesce(import_share_low, 0) + coalesce(through_others_share, 0)
                    )
                end
            else 0
        end as reduction_low_pp,
        reliance_high_pct * case
            when not has_sources then 1
            else least(
                coalesce(import_share_high, unnamed_share, 0) + coalesce(through_others_share, 0), 1
            )
        end as reduction_high_pp,
        -- a partner without known output, or without a reduction, has no rank
        makes_some and not is_feoc and reduction_high_pp > 0 as can_be_invited
    from brought
)

select
    measured.mineral_id,
    measured.partner_iso3,
    measured.year,
    {{ rounded('measured.reduction_pp', 6) }} as marginal_dependency_reduction_pp,
    {{ rounded('measured.reduction_low_pp', 6) }} as reduction_low_pp,
    {{ rounded('measured.reduction_high_pp', 6) }} as reduction_high_pp,
    measured.import_share,
    measured.share_period,
    measured.own_share as own_origin_share,
    measured.through_others_share,
    measured.through_iso3,
    measured.fed_by_iso3,
    measured.origin_share,
    measured.production_stage,
    measured.production_t,
    measured.spare_t,
    measured.production_share,
    measured.reserves_share,
    measured.wgi,
    measured.is_feoc,
    measured.is_candidate,
    restrictions.imposer_iso3 is not null as restricts_exports,
    restrictions.worst_measure,
    agreements.party_iso3 is not null as has_agreement,
    agreements.signed as agreement_signed,
    case
        when measured.can_be_invited then row_number() over (
            partition by measured.mineral_id, measured.year, measured.can_be_invited
            order by
                coalesce(measured.origin_share, 0) desc,
                measured.spare_t desc nulls last,
                measured.production_share desc nulls last,
                measured.reserves_share desc nulls last,
                measured.partner_iso3 asc
        )
    end::integer as rank,
    partner_set.step as greedy_step,
    coalesce(partner_set.is_in_smallest_set, false) as is_in_smallest_set,
    partner_set.dependency_after_pct,
    smallest_sets.dependency_without_partners_pct,
    smallest_sets.smallest_set,
    smallest_sets.set_size as smallest_set_size,
    case
        when not measured.has_sources then 'sources_not_published'
        when measured.import_share is not null and measured.origin_share is null then 'output_not_published'
        when measured.import_share > 0 and measured.origin_share = 0 then 'no_output_of_its_own'
        when measured.reliance_pct is null then 'reliance_bounded'
        when measured.import_share is null and measured.unnamed_share > 0 then 'not_named_as_supplier'
        else 'complete'
    end as coverage,
    measured.source_ids || case when measured.wgi is not null then ';worldbank_wgi' else '' end as source_ids
from measured
left join {{ ref('fct_partner_set') }} as partner_set
    on
        measured.mineral_id = partner_set.mineral_id
        and measured.year = partner_set.year
        and measured.partner_iso3 = partner_set.partner_iso3
left join smallest_sets
    on measured.mineral_id = smallest_sets.mineral_id and measured.year = smallest_sets.year
left join restrictions
    on measured.partner_iso3 = restrictions.imposer_iso3 and measured.mineral_id = restrictions.mineral_id
left join agreements on measured.partner_iso3 = agreements.party_iso3
