-- Which projects could close a dependency of the three, and where is there none to process the mineral?
-- Counts are of facilities in public lists, not amounts. A list without phases, such as those of the USA and
-- Mexico, cannot say what is planned: its projects and operating sites are empty, not zero, and its sites are
-- counted in sites_phase_not_stated. Companies are named where the list has them. Dependency is that of the
-- three, by its lower bound. After the whole come areas with a project for a mineral that the three get for
-- more than half from outside. Minerals with the same figures and projects come once in front, with their
-- names in the finding, and again at the end. Suppliers are those of the area at any stage.
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
        case area when 'USA' then 'the United States' when 'CAN' then 'Canada' else 'Mexico' end
            as area_called,
        bool_or(phase not in ('none', 'not_stated') and n_facilities > 0) as has_phases
    from marts.project_pipeline
    group by area
),

processing as (
    select
        mineral_id,
        string_agg(
            distinct concat(
                case area when 'USA' then 'the United States' when 'CAN' then 'Canada' else 'Mexico' end,
                if(phase = 'not_stated', ' (phase not stated)', '')
            ), ' and '
            order by concat(
                case area when 'USA' then 'the United States' when 'CAN' then 'Canada' else 'Mexico' end,
                if(phase = 'not_stated', ' (phase not stated)', '')
            )
        ) as listed_in,
        bool_or(phase != 'not_stated' and phase != 'operating') and not bool_or(phase = 'operating')
            as is_planned
    from marts.project_pipeline
    where stage = 'processing' and n_facilities > 0
    group by mineral_id
),

counted as (
    select
        mineral_id,
        mineral_name,
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
            string_agg(facility_names, '; ' order by stage desc, phase asc)
            filter (phase in ('advanced', 'permitting', 'permitted')), '; '
        ) as projects,
        gap_without_project,
        gap_reason,
        max(listed_on) as listed_on
    from marts.project_pipeline
    where is_critical
    group by mineral_id, mineral_name, area, dependency_year, gap_without_project, gap_reason
),

-- no table states output of these, so all of it is taken as imported
inferred as (
    select distinct
        mineral_id,
        year
    from marts.import_dependency
    where area = 'USMCA' and is_headline and coverage in ('no_home_output', 'no_output_stated')
),

listed as (
    select
        counted.mineral_id,
        counted.mineral_name,
        counted.area,
        counted.dependency_low_pct,
        counted.dependency_high_pct,
        if(stated.has_phases, counted.mine_projects, null) as mine_projects,
        if(stated.has_phases, counted.mines, null) as mines,
        if(stated.has_phases, counted.processing_projects, null) as processing_projects,
        if(stated.has_phases, counted.plants, null) as plants,
        counted.sites_phase_not_stated,
        concat(
            array_to_string(counted.projects[1:4], '; '),
            if(len(counted.projects) > 4, concat(' and ', len(counted.projects) - 4, ' more'), '')
        ) as projects_named,
        counted.projects,
        coalesce('listed in ' || processing.listed_in, 'none listed') as processing_of_the_three,
        counted.gap_without_project,
        counted.gap_reason,
        case
            when counted.gap_without_project
                then 'gap: more than half from outside, and no list names processing'
            when counted.gap_reason = 'processing_listed'
                then concat(
                    if(processing.is_planned, 'a project to process it', 'a plant'), ' is listed in ',
                    processing.listed_in
                )
            when counted.gap_reason = 'dependency_below_half' then 'no gap: less than half from outside'
            when counted.gap_reason = 'dependency_not_known' then 'open: the dependency is not known'
            when counted.gap_reason = 'site_listed_phase_not_stated'
                then 'open: a plant is listed without saying whether it operates'
            when counted.gap_reason = 'list_states_no_operation'
                then 'open: the list does not say what operates'
            when counted.gap_reason = 'made_in_north_america'
                then 'open: it is made here, by a plant that no list names'
            else replace(counted.gap_reason, '_', ' ')
        end as finding,
        suppliers.largest_three as suppliers_of_the_area,
        counted.dependency_year,
        counted.listed_on,
        nullif(
            concat_ws(
                ', ',
                concat(
                    'dependency of ' || counted.dependency_year,
                    if(inferred.mineral_id is not null, ' (inferred, as no output is stated)', '')
                ),
                'lists of ' || counted.listed_on::varchar
            ), ''
        ) as as_of
    from counted
    inner join stated on counted.area = stated.area
    left join inferred on counted.mineral_id = inferred.mineral_id and counted.dependency_year = inferred.year
    left join processing on counted.mineral_id = processing.mineral_id
    left join suppliers on counted.area = suppliers.area and counted.mineral_id = suppliers.mineral_id
),

alike as (
    select
        *,
        row_number() over (same_figures order by mineral_id asc) as place,
        string_agg(lower(mineral_name), ', ') over (
            same_figures order by mineral_id rows between unbounded preceding and unbounded following
            exclude current row
        ) as alike_with
    from listed
    window same_figures as (
        partition by
            area, dependency_low_pct, dependency_high_pct, mine_projects, mines, processing_projects, plants,
            sites_phase_not_stated, projects, finding, if(dependency_low_pct is null, mineral_id, null)
    )
),

by_mineral as (
    select
        mineral_id,
        lower(any_value(mineral_name)) as mineral,
        min(dependency_low_pct) > 50 as is_above_half,
        bool_or(processing_of_the_three != 'none listed' or gap_reason = 'site_listed_phase_not_stated')
            as has_processing,
        bool_or(mine_projects + processing_projects > 0) as has_projects,
        bool_or(gap_reason = 'made_in_north_america') as is_made_here
    from listed
    group by mineral_id
),

-- the largest dependency of an area that lists projects for it
largest as (
    select
        concat(
            'the largest dependency with listed projects is that of ', lower(alike.mineral_name),
            if(
                len(alike.alike_with) > 0,
                concat(' and ', len(string_split(alike.alike_with, ', ')), ' others'), ''
            ),
            printf(' (%.0f %%', alike.dependency_low_pct),
            if(contains(alike.as_of, 'inferred'), ', inferred as no output is stated', ''),
            '): ', alike.processing_projects, ' plant and ', alike.mine_projects, ' mine projects in ',
            if(alike.area = 'USA', 'the ', ''), countries.name,
            ', such as ', array_to_string(alike.projects[1:2], ', ')
        ) as in_words
    from alike
    inner join core.dim_country as countries on alike.area = countries.iso3
    where
        alike.place = 1
        and alike.dependency_low_pct > 50
        and alike.mine_projects + alike.processing_projects > 0
    order by
        alike.dependency_low_pct desc, alike.processing_projects desc, alike.mineral_id asc
    limit 1
),

lists as (
    select
        string_agg(distinct stated.area_called, ' and ' order by stated.area_called)
        filter (stated.has_phases) as with_phases,
        string_agg(distinct stated.area_called, ' and ' order by stated.area_called desc)
        filter (not stated.has_phases) as without_phases,
        max(listed.listed_on) filter (stated.has_phases) as listed_on
    from stated
    inner join listed on stated.area = listed.area
),

years as (
    select
        concat_ws(
            ' to ', min(dependency_year), nullif(max(dependency_year), min(dependency_year))
        ) as named,
        max(listed_on) as listed_on
    from listed
    where dependency_low_pct > 50
),

whole as (
    select
        concat(
            'the list of ', any_value(lists.with_phases), ' of ', any_value(lists.listed_on),
            ' names planned mines or plants for ',
            count(*) filter (found.is_above_half and found.has_projects), ' of ',
            count(*) filter (found.is_above_half),
            ' minerals that North America gets for more than half from outside (',
            any_value(years.named), ')',
            '; no list names a plant for '
            || regexp_replace(
                string_agg(found.mineral, ', ' order by found.mineral)
                filter (found.is_above_half and not found.has_processing),
                ', ([^,]*)$', ' or \1'
            ),
            ', and those of ' || any_value(lists.without_phases) || ' state no phases'
        ) as finding,
        concat_ws(
            '; ',
            any_value(largest.in_words),
            regexp_replace(
                string_agg(found.mineral, ', ' order by found.mineral)
                filter (found.is_above_half and not found.has_processing and found.is_made_here),
                ', ([^,]*)$', ' and \1'
            )
            || if(
                count(*) filter (found.is_above_half and not found.has_processing and found.is_made_here) > 1,
                ' are', ' is'
            )
            || ' made in one of the three, by a plant that no list names'
        ) as projects_named,
        concat('dependency of ', any_value(years.named), ', lists of ', any_value(years.listed_on)) as as_of
    from by_mineral as found
    cross join lists
    cross join years
    left join largest on true
),

together as (
    select
        mineral_id,
        mineral_name as mineral,
        area,
        dependency_low_pct,
        dependency_high_pct,
        mine_projects,
        mines,
        processing_projects,
        plants,
        sites_phase_not_stated,
        projects_named,
        processing_of_the_three,
        concat(finding, if(place = 1, '; the same holds for ' || alike_with, null)) as finding,
        suppliers_of_the_area,
        as_of,
        if(place = 1, 1, 2) as place
    from alike
    union all by name
    select
        null as mineral_id,
        'All minerals together' as mineral,
        'USMCA' as area,
        projects_named,
        finding,
        as_of,
        0 as place
    from whole
)

select * exclude (place)
from together
order by
    place asc,
    coalesce(dependency_low_pct > 50 and mine_projects + processing_projects > 0, false) desc,
    starts_with(finding, 'gap') desc,
    dependency_low_pct desc nulls last,
    mineral_id asc,
    area asc;
