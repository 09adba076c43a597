-- Existing and planned facilities that could reduce a dependency: by mineral, area, stage and phase, with the
-- dependency of the three on the rest of the world. A mineral without any facility has one row with a count
-- of 0.
with dependency as (
    select
        mineral_id,
        year as dependency_year,
        {{ at_least_zero('net_import_reliance_pct') }} as bloc_dependency_pct,
        {{ at_least_zero('nir_low_pct') }} as low_pct,
        {{ at_least_zero('nir_high_pct') }} as high_pct
    from {{ ref('import_dependency') }}
    where is_headline and area = 'USMCA'
    qualify row_number() over (
        partition by mineral_id
        order by
            net_import_reliance_pct is null and nir_low_pct is null,
            not_netted_reason is not null,
            year desc,
            edition desc,
            basis asc
    ) = 1
),

-- a member of a group also gets facilities of lists that name only the group
members as (
    select
        mineral_id,
        mineral_id as listed_as
    from {{ ref('dim_mineral') }}
    union all
    select
        mineral_id,
        group_id as listed_as
    from {{ ref('dim_mineral') }}
    where group_id != mineral_id
),

-- a place with a mine and a plant counts at both stages; a plant's by-product has no stated stage
staged as (
    select
        bridge.mineral_id,
        bridge.facility_id,
        case
            when facilities.stage != 'mine' and bridge.commodity_rank in ('secondary', 'other')
                then 'not_stated'
            when facilities.stage = 'mine_and_processing' then 'mine'
            else facilities.stage
        end as stage,
        bridge.commodity_rank in ('secondary', 'other') as is_secondary
    from {{ ref('bridge_facility_mineral') }} as bridge
    inner join {{ ref('dim_facility') }} as facilities on bridge.facility_id = facilities.facility_id
    union
    select
        bridge.mineral_id,
        bridge.facility_id,
        'processing' as stage,
        false as is_secondary
    from {{ ref('bridge_facility_mineral') }} as bridge
    inner join {{ ref('dim_facility') }} as facilities on bridge.facility_id = facilities.facility_id
    where facilities.stage = 'mine_and_processing' and bridge.commodity_rank not in ('secondary', 'other')
),

-- a site may list a mineral first as part of its group and second by its own name
held as (
    select
        members.mineral_id,
        facilities.facility_id,
        facilities.country_iso3 as area,
        staged.stage,
        facilities.phase,
        facilities.is_on_hold,
        facilities.name as facility_name,
        -- names are listed with semicolons between
        replace(facilities.operator, ';', ',') as company,
        facilities.subdivision,
        facilities.vintage,
        facilities.source_id,
        facilities.archive_id,
        bool_and(staged.is_secondary) as is_secondary
    from staged
    inner join members on staged.mineral_id = members.listed_as
    inner join {{ ref('dim_facility') }} as facilities on staged.facility_id = facilities.facility_id
    group by
        members.mineral_id,
        facilities.facility_id,
        facilities.country_iso3,
        staged.stage,
        facilities.phase,
        facilities.is_on_hold,
        facilities.name,
        facilities.operator,
        facilities.subdivision,
        facilities.vintage,
        facilities.source_id,
        facilities.archive_id
),

named as (
    select
        *,
        nullif(
            concat_ws(
                ', ', company, case when is_secondary and stage = 'mine' then 'secondary commodity' end
            ), ''
        ) as behind_name
    from held
),

counted as (
    select
        mineral_id,
        area,
        stage,
        phase,
        count(*) as n_facilities,
        count(*) filter (where is_on_hold) as n_on_hold,
        count(*) filter (where is_secondary) as n_secondary,
        {{ joined("facility_name || coalesce(' (' || behind_name || ')', '')", '; ') }} as facility_names,
        {{ joined_distinct('subdivision', '; ') }} as subdivisions,
        max(vintage) as listed_on,
        {{ joined_distinct('source_id', ';') }} as source_ids,
        {{ joined_distinct('archive_id', ';') }} as archive_ids
    from named
    group by mineral_id, area, stage, phase
),

-- the first future milestone of any of them
next_steps as (
    select
        held.mineral_id,
        held.area,
        held.stage,
        held.phase,
        held.facility_name || ': ' || coalesce(steps.action || ', ', '') || coalesce(steps.milestone, '')
            as next_milestone,
        steps.target_date as next_milestone_on,
        steps.days_late as next_milestone_days_late
    from held
    inner join {{ ref('fct_facility_milestone') }} as steps on held.facility_id = steps.facility_id
    where steps.is_open and steps.target_date is not null
    qualify row_number() over (
        partition by held.mineral_id, held.area, held.stage, held.phase
        order by steps.target_date, steps.milestone_id
    ) = 1
),

listed_areas as (
    select
        country_iso3 as area,
        max(vintage) as listed_on,
        {{ joined_distinct('source_id', ';') }} as source_ids,
        {{ joined_distinct('archive_id', ';') }} as archive_ids,
        -- only a list that states operating facilities can show that there are none
        max(if(phase = 'operating', 1, 0)) = 1 as states_operation
    from {{ ref('dim_facility') }}
    group by country_iso3
),

output as (
    select
        *,
        max(year) over () as latest_year
    from {{ ref('world_production') }}
),

-- if one of the three makes it, some facility processes it, even if no list names one
made as (
    select distinct mineral_id
    from output
    where
        country_iso3 in ('USA', 'CAN', 'MEX')
        and year >= latest_year - 1
        and (production > 0 or qualifier = 'W')
),

read_lists as (
    select {{ joined("area || ': ' || replace(source_ids, ';', ', ')", '; ', by='area') }} as areas_listed
    from listed_areas
),

-- a critical mineral without a facility at a stage is a result too
asked as (
    select
        minerals.mineral_id,
        listed_areas.area,
        listed_stages.facility_stage as stage,
        listed_areas.listed_on,
        listed_areas.source_ids,
        listed_areas.archive_ids
    from {{ ref('dim_mineral') }} as minerals
    cross join listed_areas
    cross join (values ('mine'), ('processing')) as listed_stages (facility_stage)
    where
        minerals.is_critical
        or minerals.mineral_id in (select counted.mineral_id from counted)
    union
    select
        counted.mineral_id,
        counted.area,
        counted.stage,
        listed_areas.listed_on,
        listed_areas.source_ids,
        listed_areas.archive_ids
    from counted
    inner join listed_areas on counted.area = listed_areas.area
    where counted.stage = 'not_stated'
),

filled as (
    select
        asked.mineral_id,
        asked.area,
        asked.stage,
        coalesce(counted.phase, 'none') as phase,
        coalesce(counted.n_facilities, 0) as n_facilities,
        coalesce(counted.n_on_hold, 0) as n_on_hold,
        coalesce(counted.n_secondary, 0) as n_secondary,
        counted.facility_names,
        counted.subdivisions,
        next_steps.next_milestone,
        next_steps.next_milestone_on,
        next_steps.next_milestone_days_late,
        coalesce(counted.listed_on, asked.listed_on) as listed_on,
        coalesce(counted.source_ids, asked.source_ids) as source_ids,
        coalesce(counted.archive_ids, asked.archive_ids) as archive_ids,
        sum(
            case
                when asked.stage = 'processing' and counted.phase not in ('closed', 'not_stated')
                    then counted.n_facilities
                else 0
            end
        ) over (partition by asked.mineral_id) as n_processing,
        sum(
            case
                when asked.stage = 'processing' and counted.phase = 'not_stated' then counted.n_facilities
                else 0
            end
        ) over (partition by asked.mineral_id) as n_processing_sites
    from asked
    left join counted
        on
            asked.mineral_id = counted.mineral_id
            and asked.area = counted.area
            and asked.stage = counted.stage
    left join next_steps
        on
            counted.mineral_id = next_steps.mineral_id
            and counted.area = next_steps.area
            and counted.stage = next_steps.stage
            and counted.phase = next_steps.phase
)

select
    filled.mineral_id,
    filled.area,
    filled.stage,
    filled.phase,
    minerals.name as mineral_name,
    minerals.is_critical,
    filled.n_facilities::integer as n_facilities,
    filled.n_on_hold::integer as n_on_hold,
    filled.n_secondary::integer as n_secondary,
    filled.facility_names,
    filled.subdivisions,
    filled.next_milestone,
    filled.next_milestone_on,
    filled.next_milestone_days_late,
    dependency.dependency_year,
    {{ rounded('dependency.bloc_dependency_pct', 6) }} as bloc_dependency_pct,
    -- bounds from 0 to 100 say nothing
    case
        when dependency.low_pct > 0 or dependency.high_pct < 100
            then {{ rounded('dependency.low_pct', 6) }}
    end as bloc_dependency_low_pct,
    case
        when dependency.low_pct > 0 or dependency.high_pct < 100
            then {{ rounded('dependency.high_pct', 6) }}
    end as bloc_dependency_high_pct,
    case
        when filled.n_processing > 0 or dependency.high_pct <= 50 then false
        when
            dependency.low_pct > 50
            and filled.n_processing_sites = 0
            and made.mineral_id is null
            and listed_areas.states_operation
            then true
    end as gap_without_project,
    case
        when filled.n_processing > 0 then 'processing_listed'
        when dependency.high_pct <= 50 then 'dependency_below_half'
        when dependency.low_pct is null or dependency.low_pct <= 50 then 'dependency_not_known'
        when filled.n_processing_sites > 0 then 'site_listed_phase_not_stated'
        when made.mineral_id is not null then 'made_in_north_america'
        when listed_areas.states_operation then 'no_processing_listed'
        else 'list_states_no_operation'
    end as gap_reason,
    read_lists.areas_listed,
    filled.listed_on,
    concat_ws(';', filled.source_ids, 'usgs_mcs') as source_ids,
    filled.archive_ids
from filled
inner join {{ ref('dim_mineral') }} as minerals on filled.mineral_id = minerals.mineral_id
inner join listed_areas on filled.area = listed_areas.area
cross join read_lists
left join dependency on filled.mineral_id = dependency.mineral_id
left join made on filled.mineral_id = made.mineral_id
