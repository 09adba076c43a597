-- Share of an area's imports, and of world output, from countries that currently restrict exports of the
-- mineral. One row per table of marts.import_sources that has shares.
with suppliers as (
    select
        *,
        coalesce(quantity_share, value_share) as main_share,
        case period_type
            when 'month' then period + interval 1 month when 'year' then period + interval 1 year
            else period + interval 4 year
        end::date as period_end
    from {{ ref('import_sources') }}
    where coverage != 'ranks_only' and supplier_iso3 != 'ZZZ'
),

-- Hong Kong and Macao count with China
folded as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        policy_iso3,
        bool_or(is_recommended) as is_recommended,
        bool_or(restricts_exports) as restricts_exports,
        bool_or(restricts_a_form) as restricts_a_form,
        bool_or(restricts_exports and restricted_since < period_end) as restricted_in_period,
        bool_or(has_agreement) as has_agreement,
        max(worst_measure) as worst_measure,
        bool_and(quantity_share is not null) as is_by_quantity,
        {{ share_sum('main_share') }} as main_share,
        max(unallocated_share) as unallocated_share,
        max(source_id) as source_id
    from suppliers
    group by area, mineral_id, stage, period, period_type, basis, policy_iso3
),

imposers as (
    select
        *,
        restricts_exports and row_number() over (
            partition by area, mineral_id, stage, period, period_type, basis, restricts_exports
            order by main_share desc, policy_iso3 asc
        ) = 1 as is_largest,
        case worst_measure
            when 'ban' then 4
            when 'temporary_ban' then 3
            when 'quota' then 2
            when 'licence' then 1
        end as severity
    from folded
),

imports as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        bool_or(is_recommended) as is_recommended,
        case when bool_and(is_by_quantity) then 'quantity' else 'value' end as measure,
        {{ share_sum('case when restricts_exports then main_share end') }} as restricted_share,
        {{ share_sum('case when restricted_in_period then main_share end') }} as restricted_in_period,
        {{ share_sum('case when restricts_exports or restricts_a_form then main_share end') }}
            as restricted_some,
        max(unallocated_share) as unallocated_share,
        count(*) filter (where restricts_exports)::integer as imposers_in_table,
        {{ joined('policy_iso3', ';', by='-main_share, policy_iso3', where='restricts_exports') }}
            as imposers,
        {{ joined('policy_iso3', ';', by='-main_share, policy_iso3', where='restricts_a_form') }}
            as form_imposers,
        max(severity) filter (where restricts_exports) as severity,
        max(policy_iso3) filter (where is_largest) as largest_imposer_iso3,
        max(main_share) filter (where is_largest) as largest_imposer_share,
        bool_or(has_agreement) filter (where is_largest) as agreement_with_largest_imposer,
        max(source_id) as source_id
    from imposers
    group by area, mineral_id, stage, period, period_type, basis
),

-- measures of these suppliers whose suspension has lapsed: whether they are in force is not known
lapsed as (
    select
        folded.area,
        folded.mineral_id,
        folded.stage,
        folded.period,
        folded.period_type,
        folded.basis,
        max(measures.severity) as severity,
        min(measures.unknown_since) as unknown_since
    from folded
    inner join {{ ref('fct_export_restriction') }} as measures
        on
            folded.policy_iso3 = measures.imposer_iso3
            and folded.mineral_id = measures.mineral_id
            and (measures.stage in ('all_forms', folded.stage) or folded.stage = 'all_forms')
    where measures.unknown_since is not null
    group by
        folded.area, folded.mineral_id, folded.stage, folded.period, folded.period_type, folded.basis
),

-- output at the same stage, or for all forms together at the mineral's output stage
staged as (
    select
        imports.*,
        case when imports.stage = 'all_forms' then headline.output_stage else imports.stage end
            as production_stage
    from imports
    left join {{ ref('dim_headline_stage') }} as headline on imports.mineral_id = headline.mineral_id
),

newest as (
    select
        mineral_id,
        stage,
        edition,
        max(year) as year
    from {{ ref('world_production') }}
    where world_share is not null and not is_world
    group by mineral_id, stage, edition
    qualify row_number() over (partition by mineral_id, stage order by edition desc) = 1
),

production as (
    select
        world.mineral_id,
        world.stage,
        world.year,
        {{ share_sum('case when restrictions.is_whole then world.world_share end') }} as restricted_share,
        -- if the output of an imposing country is withheld, it adds to this
        coalesce(bool_or(restrictions.is_whole and world.world_share is null), false) as has_withheld
    from {{ ref('world_production') }} as world
    inner join newest
        on
            world.mineral_id = newest.mineral_id
            and world.stage = newest.stage
            and world.edition = newest.edition
            and world.year = newest.year
    left join {{ ref('fct_restricting_supplier') }} as restrictions
        on
            world.country_iso3 = restrictions.imposer_iso3
            and world.mineral_id = restrictions.mineral_id
            and world.stage = restrictions.stage
    where not world.is_world
    group by world.mineral_id, world.stage, world.year
),

listings as (
    select
        mineral_id,
        stage,
        max(known_through) as known_through,
        {{ joined_distinct('source_ids', ';') }} as list_ids
    from {{ ref('fct_restricting_supplier') }}
    group by mineral_id, stage
)

select
    staged.area,
    {{ area_name('staged.area') }} as area_name,
    staged.mineral_id,
    staged.stage,
    staged.period,
    staged.period_type,
    staged.basis,
    staged.is_recommended,
    staged.measure,
    {{ rounded('staged.restricted_share', 6) }} as restricted_import_share,
    {{ rounded('least(staged.restricted_some + staged.unallocated_share, 1)', 6) }}
        as restricted_import_share_high,
    {{ rounded('staged.restricted_in_period', 6) }} as restricted_in_period_share,
    staged.production_stage,
    production.year as production_year,
    {{ rounded('production.restricted_share', 6) }} as restricted_world_production_share,
    case staged.severity
        when 4 then 'ban'
        when 3 then 'temporary_ban'
        when 2 then 'quota'
        when 1 then 'licence'
    end as worst_measure,
    case lapsed.severity
        when 4 then 'ban'
        when 3 then 'temporary_ban'
        when 2 then 'quota'
        when 1 then 'licence'
    end as suspended_measure,
    lapsed.unknown_since,
    staged.imposers_in_table as n_imposers,
    staged.imposers,
    staged.form_imposers,
    staged.largest_imposer_iso3,
    {{ rounded('staged.largest_imposer_share', 6) }} as largest_imposer_share,
    staged.agreement_with_largest_imposer,
    staged.unallocated_share,
    listings.known_through,
    case
        when staged.unallocated_share > 0 then 'remainder_not_allocated'
        when staged.form_imposers is not null then 'a_form_restricted'
        when production.mineral_id is null then 'output_not_published'
        when production.has_withheld then 'output_withheld'
        else 'complete'
    end as coverage,
    concat_ws(
        ';',
        staged.source_id,
        case when listings.list_ids is not null then nullif('usgs_mcs', staged.source_id) end,
        case when listings.list_ids is not null then 'policy_events' end
    ) as source_ids
from staged
left join production
    on staged.mineral_id = production.mineral_id and staged.production_stage = production.stage
left join lapsed
    on
        staged.area = lapsed.area
        and staged.mineral_id = lapsed.mineral_id
        and staged.stage = lapsed.stage
        and staged.period = lapsed.period
        and staged.period_type = lapsed.period_type
        and staged.basis = lapsed.basis
left join listings on staged.mineral_id = listings.mineral_id and staged.stage = listings.stage
