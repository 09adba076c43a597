-- Which projects could close a dependency of the three, and where is there none to process the mineral?
-- Counts are of facilities in public lists, not amounts. A list without phases, such as those of the USA and
-- Mexico, cannot say what is planned: its projects and operating sites are empty, not zero, and its sites are
-- counted in sites_phase_not_stated. Gaps come first. processing_of_the_three says whose list has processing.
-- The suppliers are those of the area, whatever the stage.
with suppliers as (
    select
        held.area,
        held.mineral_id,
        string_agg(
            concat(
                countries.name, printf(' %.0f %%', 100 * coalesce(held.quantity_share, held.value_share))
            ),
            ', '
            order by held.rank
        ) as largest_three
    from marts.import_sources as held
    inner join core.dim_country as countries on held.supplier_iso3 = countries.iso3
    where held.is_recommended and held.supplier_iso3 != 'ZZZ' and held.rank <= 3
    group by held.area, held.mineral_id, held.stage, held.basis, held.period
    qualify
        row_number() over (
            partition by held.area, held.mineral_id order by held.period desc, any_value(held.stage)
        ) = 1
),

-- a list states phases if it has any facility with one
stated as (
    select
        area,
        bool_or(phase not in ('none', 'not_stated') and n_facilities > 0) as has_phases
    from marts.project_pipeline
    group by area
),

processing as (
    select
        mineral_id,
        string_agg(
            distinct concat(
                case area when 'USA' then 'United States' when 'CAN' then 'Canada' else 'Mexico' end,
                if(phase = 'not_stated', ' (phase not stated)', '')
            ), ', '
            order by concat(
                case area when 'USA' then 'United States' when 'CAN' then 'Canada' else 'Mexico' end,
                if(phase = 'not_stated', ' (phase not stated)', '')
            )
        ) as listed_in
    from marts.project_pipeline
    where stage = 'processing' and n_facilities > 0
    group by mineral_id
),

counted as (
    select
        mineral_id,
        area,
        dependency_year,
        round(any_value(bloc_dependency_low_pct), 1) as dependency_low_pct,
        round(any_value(bloc_dependency_high_pct), 1) as dependency_high_pct,
        coalesce(
            sum(n_facilities)
            filter (stage = 'mine' and phase in ('advanced', 'permitting', 'permitted')),
            0
        ) as mine_projects,
        coalesce(sum(n_facilities) filter (stage = 'mine' and phase = 'operating'), 0) as mines,
        coalesce(
            sum(n_facilities)
            filter (stage = 'processing' and phase in ('advanced', 'permitting', 'permitted')),
            0
        ) as processing_projects,
        coalesce(sum(n_facilities) filter (stage = 'processing' and phase = 'operating'), 0) as plants,
        coalesce(sum(n_facilities) filter (phase = 'not_stated'), 0) as sites_phase_not_stated,
        string_split(
            string_agg(facility_names, '; ' order by stage, phase)
            filter (phase in ('advanced', 'permitting', 'permitted')), '; '
        ) as projects,
        gap_without_project,
        gap_reason,
        max(listed_on) as listed_on
    from marts.project_pipeline
    where is_critical
    group by mineral_id, area, dependency_year, gap_without_project, gap_reason
)

select
    counted.mineral_id,
    counted.area,
    counted.dependency_low_pct,
    counted.dependency_high_pct,
    if(stated.has_phases, counted.mine_projects, null) as mine_projects,
    if(stated.has_phases, counted.mines, null) as mines,
    if(stated.has_phases, counted.processing_projects, null) as processing_projects,
    if(stated.has_phases, counted.plants, null) as plants,
    counted.sites_phase_not_stated,
    coalesce('listed in ' || processing.listed_in, 'none listed') as processing_of_the_three,
    case
        when counted.gap_without_project
            then 'gap: more than half from outside, and no list names processing'
        when counted.gap_reason = 'processing_listed' then 'no gap: processing is listed'
        when counted.gap_reason = 'dependency_below_half' then 'no gap: less than half from outside'
        when counted.gap_reason = 'dependency_not_known' then 'open: the dependency is not known'
        when counted.gap_reason = 'site_listed_phase_not_stated'
            then 'open: a plant is listed without saying whether it operates'
        when counted.gap_reason = 'list_states_no_operation' then 'open: the list does not say what operates'
        when counted.gap_reason = 'made_in_north_america'
            then 'open: it is made here, by a plant that no list names'
        else replace(counted.gap_reason, '_', ' ')
    end as finding,
    concat(
        array_to_string(counted.projects[1:4], '; '),
        if(len(counted.projects) > 4, concat(' and ', len(counted.projects) - 4, ' more'), '')
    ) as projects_named,
    suppliers.largest_three as suppliers_of_the_area,
    nullif(
        concat_ws(
            ', ',
            'dependency of ' || counted.dependency_year::varchar,
            'lists of ' || counted.listed_on::varchar
        ), ''
    ) as as_of
from counted
inner join stated on counted.area = stated.area
left join processing on counted.mineral_id = processing.mineral_id
left join suppliers on counted.area = suppliers.area and counted.mineral_id = suppliers.mineral_id
order by
    counted.gap_without_project desc nulls last,
    counted.dependency_low_pct desc nulls last,
    counted.mineral_id asc,
    counted.area asc;
