-- Of which minerals does North America, counted as one, get more than half from outside, and from whom?
-- Equal bounds are one figure. us_dependency_on_outside is the dependency of the USA alone: it counts
-- goods of Canada and Mexico as from within, although they may pass on goods from elsewhere. Suppliers of
-- the three are those of the year and stage stated with them, suppliers of the USA those of all forms of
-- the mineral. The count takes a member of a group, such as a single rare earth, with its group, and in
-- brackets each rare earth as one, as question 38 does; the brief has yttrium apart from the other rare
-- earths. The table has all of them. It cannot be determined for minerals whose bounds lie on both sides
-- of half. The most vulnerable come first, by the newest scorecard of North America; the first two whose
-- suppliers are held are named. Shares that rest on no figure of output come last: where no table states
-- output, all is taken as imported. Such a share is an estimate, and remark says which sites public lists
-- name all the same.
with dependency as (
    select *
    from marts.import_dependency
    where area = 'USMCA' and is_headline and bloc_net_dependency_low_pct is not null
    -- the newest year with trade of the three, otherwise the newest year with bounds from output
    qualify
        row_number() over (
            partition by mineral_id
            order by not_netted_reason is null desc, year desc, edition desc, basis asc
        ) = 1
),

largest as (
    select
        sources.area,
        sources.mineral_id,
        sources.stage,
        sources.period,
        sources.period_type,
        countries.name as supplier,
        coalesce(sources.quantity_share, sources.value_share) as part
    from marts.import_sources as sources
    inner join core.dim_country as countries on sources.supplier_iso3 = countries.iso3
    where
        sources.area in ('USA', 'USMCA')
        and sources.is_recommended
        and not sources.is_bloc
        and sources.supplier_iso3 != 'ZZZ'
        and sources.coverage != 'basket_allocated'
        and coalesce(sources.quantity_share, sources.value_share) is not null
    qualify
        row_number() over (
            partition by sources.area, sources.mineral_id
            order by
                coalesce(sources.quantity_share, sources.value_share) desc, sources.supplier_iso3 asc
        ) <= 3
),

suppliers as (
    select
        area,
        mineral_id,
        string_agg(concat(supplier, printf(' %.0f %%', 100 * part)), ', ' order by part desc, supplier asc)
            as top_three,
        any_value(
            case period_type
                when 'four_years' then concat(year(period), '-', year(period) + 3)
                else year(period)::varchar
            end
        ) as period,
        any_value(stage) as stage
    from largest
    group by area, mineral_id
),

ranks as (
    select
        mineral_id,
        rank
    from marts.vulnerability_scorecard
    where area = 'USMCA' and rank is not null
    qualify year = max(year) over ()
),

judged as (
    select
        dependency.*,
        minerals.name,
        minerals.group_id,
        minerals.is_critical,
        ranks.rank as scorecard_rank,
        dependency.coverage in ('no_home_output', 'no_output_stated') as is_estimate,
        max(if(dependency.mineral_id = minerals.group_id, 1, 0)) over (partition by minerals.group_id) = 1
        and dependency.mineral_id != minerals.group_id as is_in_group
    from dependency
    inner join core.dim_mineral as minerals on dependency.mineral_id = minerals.mineral_id
    left join ranks on dependency.mineral_id = ranks.mineral_id
),

counted as (
    select
        count(*) filter (not is_in_group and bloc_net_dependency_low_pct > 50) as minerals_above_half,
        count(*) filter (not is_in_group and bloc_net_dependency_low_pct > 50 and is_estimate)
            as minerals_estimated,
        -- each member of a group as one, without the group
        count(*) filter (is_critical and bloc_net_dependency_low_pct > 50) as one_by_one,
        count(*) filter (not is_in_group) as minerals_judged,
        count(*) filter (
            not is_in_group and bloc_net_dependency_low_pct <= 50 and bloc_net_dependency_high_pct > 50
        ) as minerals_undecided
    from judged
    where is_critical or bloc_net_dependency_low_pct > 50
),

-- the two most vulnerable of them whose first supplier is held
leaders as (
    select
        judged.scorecard_rank,
        concat(
            lower(regexp_replace(judged.name, '^(.*) \((.*)\)$', '\2 \1')), ' from ',
            split_part(regexp_replace(suppliers.top_three, ' \d+ %', '', 'g'), ', ', 1)
        ) as led_by
    from judged
    inner join suppliers on judged.mineral_id = suppliers.mineral_id and suppliers.area = 'USMCA'
    where
        judged.bloc_net_dependency_low_pct > 50
        and not judged.is_estimate
        and judged.scorecard_rank is not null
    order by judged.scorecard_rank
    limit 2
),

led as (
    select string_agg(led_by, ' and ' order by scorecard_rank) as led_by
    from leaders
),

-- sites that public lists name as operating, or without their phase, in one of the three
listed as (
    select
        sites.mineral_id,
        sites.phase,
        sites.area,
        concat(
            string_agg(
                concat(
                    sites.n_facilities, ' ',
                    case sites.stage
                        when 'mine' then if(sites.n_facilities = 1, 'mine', 'mines')
                        when 'processing'
                            then if(sites.n_facilities = 1, 'processing plant', 'processing plants')
                        else if(sites.n_facilities = 1, 'other site', 'other sites')
                    end
                ), ' and '
                order by sites.stage
            ),
            ' in ', any_value(if(sites.area = 'USA', 'the ', '') || countries.name)
        ) as found
    from marts.project_pipeline as sites
    inner join core.dim_country as countries on sites.area = countries.iso3
    where
        sites.area in ('USA', 'CAN', 'MEX') and sites.phase in ('operating', 'not_stated')
        and sites.n_facilities > 0
    group by sites.mineral_id, sites.phase, sites.area
),

sites as (
    select
        mineral_id,
        bool_or(phase = 'operating') as is_operating,
        concat_ws(
            ', and ',
            string_agg(found, ', ' order by area) filter (phase = 'operating') || ' as operating',
            string_agg(found, ', ' order by area) filter (phase = 'not_stated')
            || ' of which it is not stated whether they operate'
        ) as named
    from listed
    group by mineral_id
)

select
    dependency.mineral_id,
    dependency.year,
    dependency.stage,
    dependency.bloc_net_dependency_low_pct,
    dependency.bloc_net_dependency_high_pct,
    dependency.us_dependency_on_outside_low_pct,
    dependency.us_dependency_on_outside_high_pct,
    case
        when dependency.is_estimate then 'estimate: no output is stated'
        when dependency.coverage = 'bounded_by_output' then 'bounds from use and output'
        when dependency.coverage like '%production_unknown' then 'bounds from trade'
        when dependency.coverage like '%values_bounded' then 'bounds from values of trade'
        else 'trade and output'
    end as rests_on,
    coalesce(
        of_three.top_three || ' (' || of_three.stage || ', ' || of_three.period || ')',
        'not held for this mineral alone'
    ) as suppliers_of_the_three,
    coalesce(of_usa.top_three || ' (' || of_usa.period || ')', 'not held for this mineral alone')
        as suppliers_of_the_usa_from_outside,
    concat(
        'at least ', counted.minerals_above_half, ' of ', counted.minerals_judged,
        ' critical minerals from outside (', counted.minerals_estimated, ' of them estimates; ',
        counted.one_by_one, ' if rare earths count one by one)',
        ', led by ' || led.led_by, '; for ', counted.minerals_undecided, ' more it cannot be determined'
    ) as minerals_above_half,
    nullif(
        concat_ws(
            '; ',
            if(dependency.is_in_group, 'counted with ' || lower(parents.name), null),
            case
                when dependency.is_estimate and sites.named is not null
                    then concat(
                        'an estimate, as no table states output, though public lists name ', sites.named
                    )
                when dependency.is_estimate
                    then 'an estimate, as no table states output and no list names a site'
            end
        ), ''
    ) as remark,
    if(
        dependency.coverage = 'no_home_output' and sites.is_operating, 'no_output_stated', dependency.coverage
    ) as coverage,
    dependency.source_ids
from judged as dependency
cross join counted
cross join led
left join core.dim_mineral as parents on dependency.group_id = parents.mineral_id
left join sites on dependency.mineral_id = sites.mineral_id
left join suppliers as of_usa on dependency.mineral_id = of_usa.mineral_id and of_usa.area = 'USA'
left join suppliers as of_three on dependency.mineral_id = of_three.mineral_id and of_three.area = 'USMCA'
where dependency.bloc_net_dependency_low_pct > 50
order by
    dependency.is_estimate asc, dependency.scorecard_rank asc nulls last,
    dependency.bloc_net_dependency_low_pct desc, dependency.mineral_id asc;
