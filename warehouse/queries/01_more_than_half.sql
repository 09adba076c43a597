-- Which minerals does North America, netted as one, draw by more than half from outside, and from whom?
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
        sources.mineral_id,
        sources.supplier_iso3,
        sources.quantity_share
    from core.fct_import_source as sources
    left join core.dim_bloc_member as members
        on sources.supplier_iso3 = members.iso3 and members.bloc = 'NORTH_AMERICA'
    where
        sources.area = 'USA'
        and sources.basis = 'usgs_four_years'
        and sources.is_headline
        and sources.quantity_share is not null
        and sources.supplier_iso3 != 'ZZZ'
        and members.iso3 is null
    qualify
        row_number() over (
            partition by sources.mineral_id
            order by sources.edition desc, sources.quantity_share desc, sources.supplier_iso3 asc
        ) <= 3
),

suppliers as (
    select
        mineral_id,
        string_agg(
            supplier_iso3 || ' ' || round(100 * quantity_share)::integer || ' %', ', '
            order by quantity_share desc
        ) as top_three
    from largest
    group by mineral_id
)

select
    dependency.mineral_id,
    dependency.year,
    dependency.stage,
    dependency.bloc_net_dependency_pct,
    dependency.bloc_net_dependency_low_pct,
    dependency.bloc_net_dependency_high_pct,
    dependency.us_dependency_on_outside_low_pct,
    dependency.us_dependency_on_outside_high_pct,
    suppliers.top_three as suppliers_of_the_usa_from_outside,
    dependency.coverage
from dependency
left join suppliers on dependency.mineral_id = suppliers.mineral_id
where dependency.bloc_net_dependency_low_pct > 50
order by dependency.bloc_net_dependency_low_pct desc, dependency.mineral_id asc;
