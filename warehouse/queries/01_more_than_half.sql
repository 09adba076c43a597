-- Of which minerals does North America, counted as one, get more than half from outside, and from whom?
-- Equal bounds are one figure. us_dependency_on_outside is the dependency of the USA alone: it counts goods
-- of Canada and Mexico as from within, although they may pass on goods from elsewhere. Suppliers of the three
-- are those of the year and stage stated with them, suppliers of the USA those of all forms of the mineral.
-- minerals_above_half counts a member of a group, such as a single rare earth, with its group. A share of 100
-- percent is not certain where remark names an operating site.
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

above_half as (
    select
        dependency.*,
        minerals.group_id,
        max(if(dependency.mineral_id = minerals.group_id, 1, 0)) over (partition by minerals.group_id) = 1
        and dependency.mineral_id != minerals.group_id as is_in_group
    from dependency
    inner join core.dim_mineral as minerals on dependency.mineral_id = minerals.mineral_id
    where dependency.bloc_net_dependency_low_pct > 50
),

sites as (
    select distinct mineral_id
    from core.fct_operating_site
    where country_iso3 in ('USA', 'CAN', 'MEX')
)

select
    dependency.mineral_id,
    dependency.year,
    dependency.stage,
    dependency.bloc_net_dependency_low_pct,
    dependency.bloc_net_dependency_high_pct,
    dependency.us_dependency_on_outside_low_pct,
    dependency.us_dependency_on_outside_high_pct,
    of_three.top_three || ' (' || of_three.stage || ', ' || of_three.period || ')' as suppliers_of_the_three,
    coalesce(of_usa.top_three, 'not held for this mineral alone') as suppliers_of_the_usa_from_outside,
    of_usa.period as suppliers_of_the_usa_period,
    sum(if(dependency.is_in_group, 0, 1)) over () as minerals_above_half,
    nullif(
        concat_ws(
            '; ',
            if(dependency.is_in_group, 'counted with ' || lower(parents.name), null),
            if(
                dependency.bloc_net_dependency_low_pct >= 100 and sites.mineral_id is not null,
                'a site is listed as operating', null
            )
        ), ''
    ) as remark,
    dependency.coverage,
    dependency.source_ids
from above_half as dependency
left join core.dim_mineral as parents on dependency.group_id = parents.mineral_id
left join sites on dependency.mineral_id = sites.mineral_id
left join suppliers as of_usa on dependency.mineral_id = of_usa.mineral_id and of_usa.area = 'USA'
left join suppliers as of_three on dependency.mineral_id = of_three.mineral_id and of_three.area = 'USMCA'
order by dependency.bloc_net_dependency_low_pct desc, dependency.mineral_id asc;
