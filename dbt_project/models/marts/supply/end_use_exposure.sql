-- Which sectors use which minerals, and how exposed the supply of each is. An element of a group without a
-- balance of its own has the measures of its group. A use of other goods than those of the headline (titanium
-- pigment, no sponge) has the dependency of its own goods; stocks and losses of the headline's do not apply.
with uses as (
    select * from {{ ref('fct_end_use') }}
),

areas (area) as (values ('USA'), ('USMCA')),

dependency as (
    select
        area,
        mineral_id,
        year,
        case area when 'USMCA' then bloc_net_dependency_low_pct else us_dependency_on_outside_low_pct end
            as low_pct,
        case area when 'USMCA' then bloc_net_dependency_high_pct else us_dependency_on_outside_high_pct end
            as high_pct,
        china_import_share_pct,
        china_value_share_of_year_pct,
        supplier_period,
        source_ids,
        is_headline,
        stage
    from {{ ref('import_dependency') }}
    where area in ('USA', 'USMCA')
    qualify
        row_number() over (
            partition by area, mineral_id, is_headline, case when not is_headline then stage end
            order by edition desc, year desc, basis asc
        ) = 1
),

-- shares that USGS publishes for the USA, reconciled flows for the three
restricted as (
    select
        supply.area,
        supply.mineral_id,
        supply.stage,
        supply.period,
        supply.period_type,
        supply.basis,
        supply.unallocated_share,
        supply.restricted_import_share,
        supply.restricted_import_share_high,
        supply.suspended_measure,
        supply.unknown_since
    from {{ ref('restricted_supply') }} as supply
    left join {{ ref('dim_headline_stage') }} as headline on supply.mineral_id = headline.mineral_id
    where
        (supply.area = 'USA' and supply.basis = 'usgs_four_years')
        or (
            supply.area = 'USMCA'
            and supply.basis = 'baci'
            -- no table of flows covers several stages together: the stage of output is used
            and supply.stage = coalesce(nullif(headline.traded_stage, 'all_forms'), headline.output_stage)
        )
    qualify
        row_number() over (
            partition by supply.area, supply.mineral_id
            order by
                supply.period desc,
                supply.stage = 'all_forms' desc,
                supply.stage = headline.traded_stage desc,
                supply.stage = headline.output_stage desc,
                supply.stage asc
        ) = 1
),

cover as (
    select
        'USA' as area,
        mineral_id,
        days_of_consumption,
        source_ids
    from {{ ref('stockpile_cover') }}
    qualify row_number() over (partition by mineral_id order by year desc, edition desc, target_days asc) = 1
),

-- scenario: China stops selling to the USA
shock as (
    select
        area,
        mineral_id,
        unreplaced_share_low,
        unreplaced_share_high,
        source_ids
    from {{ ref('disruption_scenario') }}
    where scenario_id = 'usa_embargo' and lost_supplier_iso3 = 'CHN' and scope = 'area_imports'
    qualify row_number() over (partition by area, mineral_id order by year desc) = 1
),

measured as (
    select
        uses.sector_id,
        areas.area,
        uses.mineral_id,
        uses.edition,
        uses.use_text,
        uses.stage as use_stage,
        uses.archive_id,
        case
            when own.mineral_id is not null then uses.mineral_id
            when of_group.mineral_id is not null then minerals.group_id
        end as measured_as,
        coalesce(own.year, of_group.year) as year,
        coalesce(own.low_pct, of_group.low_pct) as low_pct,
        coalesce(own.high_pct, of_group.high_pct) as high_pct,
        coalesce(own.china_import_share_pct, of_group.china_import_share_pct) as china_import_share_pct,
        coalesce(own.china_value_share_of_year_pct, of_group.china_value_share_of_year_pct)
            as china_value_share_of_year_pct,
        coalesce(own.supplier_period, of_group.supplier_period) as supplier_period,
        coalesce(own.source_ids, of_group.source_ids) as dependency_ids
    from uses
    inner join {{ ref('dim_mineral') }} as minerals on uses.mineral_id = minerals.mineral_id
    cross join areas
    left join dependency as own
        on
            uses.mineral_id = own.mineral_id
            and areas.area = own.area
            and case when uses.stage is null then own.is_headline else uses.stage = own.stage end
    left join dependency as of_group
        on
            own.mineral_id is null
            and uses.stage is null
            and minerals.group_id = of_group.mineral_id
            and areas.area = of_group.area
            and of_group.is_headline
),

elements as (
    select distinct
        area,
        mineral_id,
        measured_as
    from measured
    where measured_as != mineral_id
),

-- suppliers in the table of each group
suppliers as (
    select
        sources.area,
        sources.mineral_id,
        sources.stage,
        sources.policy_iso3,
        restricted.unallocated_share,
        coalesce(sources.quantity_share, sources.value_share) as main_share
    from restricted
    inner join {{ ref('import_sources') }} as sources
        on
            restricted.area = sources.area
            and restricted.mineral_id = sources.mineral_id
            and restricted.stage = sources.stage
            and restricted.period = sources.period
            and restricted.period_type = sources.period_type
            and restricted.basis = sources.basis
    where sources.supplier_iso3 != 'ZZZ'
),

lapsed as (
    select
        imposer_iso3,
        mineral_id,
        max(severity) as severity,
        min(unknown_since) as unknown_since
    from {{ ref('fct_export_restriction') }}
    where unknown_since is not null
    group by imposer_iso3, mineral_id
),

-- an element has the suppliers of its group and its own restrictions: China licenses terbium and not cerium
of_elements as (
    select
        elements.area,
        elements.mineral_id,
        elements.measured_as,
        coalesce({{ share_sum('case when controls.is_whole then suppliers.main_share end') }}, 0)
            as restricted_share,
        coalesce(
            {{ share_sum('case when controls.is_whole is not null then suppliers.main_share end') }}, 0
        ) + coalesce(max(suppliers.unallocated_share), 0) as restricted_share_high,
        max(lapsed.severity) as severity,
        min(lapsed.unknown_since) as unknown_since
    from elements
    inner join suppliers
        on elements.area = suppliers.area and elements.measured_as = suppliers.mineral_id
    left join {{ ref('fct_restricting_supplier') }} as controls
        on
            elements.mineral_id = controls.mineral_id
            and suppliers.policy_iso3 = controls.imposer_iso3
            and suppliers.stage = controls.stage
    left join lapsed
        on elements.mineral_id = lapsed.mineral_id and suppliers.policy_iso3 = lapsed.imposer_iso3
    group by elements.area, elements.mineral_id, elements.measured_as
),

restrictions as (
    select
        area,
        mineral_id,
        mineral_id as measured_as,
        restricted_import_share,
        restricted_import_share_high,
        suspended_measure,
        unknown_since
    from restricted
    union all
    select
        area,
        mineral_id,
        measured_as,
        {{ rounded('restricted_share', 6) }} as restricted_import_share,
        {{ rounded('least(restricted_share_high, 1)', 6) }} as restricted_import_share_high,
        case severity
            when 4 then 'ban' when 3 then 'temporary_ban' when 2 then 'quota' when 1 then 'licence'
        end as suspended_measure,
        unknown_since
    from of_elements
)

select
    measured.sector_id,
    measured.area,
    {{ area_name('measured.area') }} as area_name,
    measured.mineral_id,
    measured.use_text,
    measured.edition,
    measured.measured_as,
    measured.use_stage,
    measured.year,
    measured.low_pct as extra_bloc_dependency_low_pct,
    measured.high_pct as extra_bloc_dependency_high_pct,
    measured.china_import_share_pct,
    measured.supplier_period,
    measured.china_value_share_of_year_pct,
    restrictions.restricted_import_share,
    restrictions.restricted_import_share_high,
    restrictions.suspended_measure,
    restrictions.unknown_since,
    cover.days_of_consumption as days_of_cover,
    100 * shock.unreplaced_share_low as china_embargo_unreplaced_low_pct,
    100 * shock.unreplaced_share_high as china_embargo_unreplaced_high_pct,
    case
        -- a mineral without dependency has no rank
        when measured.high_pct > 0 then row_number() over (
            partition by measured.sector_id, measured.area, coalesce(measured.high_pct > 0, false)
            order by
                measured.low_pct desc nulls last,
                measured.high_pct desc nulls last,
                measured.china_import_share_pct desc nulls last,
                measured.mineral_id asc
        )
    end::integer as rank_in_sector,
    case
        when measured.measured_as is null then 'dependency_not_known'
        when measured.measured_as != measured.mineral_id then 'measured_as_its_group'
        when measured.high_pct is null then 'dependency_not_known'
        when measured.low_pct != measured.high_pct then 'dependency_bounded'
        else 'complete'
    end as coverage,
    measured.archive_id,
    concat_ws(
        ';',
        {{ unless_listed("'usgs_mcs'", 'measured.dependency_ids') }},
        measured.dependency_ids,
        case
            when restrictions.restricted_import_share > 0 or restrictions.suspended_measure is not null
                then 'policy_events'
        end
    ) as source_ids
from measured
left join restrictions
    on
        measured.area = restrictions.area
        and measured.mineral_id = restrictions.mineral_id
        and measured.measured_as = restrictions.measured_as
        and measured.use_stage is null
left join cover
    on measured.area = cover.area and measured.measured_as = cover.mineral_id and measured.use_stage is null
left join shock
    on measured.area = shock.area and measured.measured_as = shock.mineral_id and measured.use_stage is null
