-- Which projects could close a dependency of the three, and where is there none to process the mineral?
-- The figures are counts of facilities in public lists, not amounts. Gaps come first. An empty gap is open:
-- the bounds of the dependency, or lists that do not say what operates, do not decide it. The suppliers are
-- those of the area that the table to quote names, whatever the stage.
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
)

select
    pipeline.mineral_id,
    pipeline.area,
    pipeline.dependency_year,
    round(any_value(pipeline.bloc_dependency_low_pct), 1) as dependency_low_pct,
    round(any_value(pipeline.bloc_dependency_high_pct), 1) as dependency_high_pct,
    coalesce(
        sum(pipeline.n_facilities) filter (
            where pipeline.stage = 'mine' and pipeline.phase in ('advanced', 'permitting', 'permitted')
        ), 0
    ) as mine_projects,
    coalesce(
        sum(pipeline.n_facilities) filter (where pipeline.stage = 'mine' and pipeline.phase = 'operating'), 0
    ) as mines,
    coalesce(
        sum(pipeline.n_facilities) filter (
            where pipeline.stage = 'processing' and pipeline.phase in ('advanced', 'permitting', 'permitted')
        ), 0
    ) as processing_projects,
    coalesce(
        sum(pipeline.n_facilities) filter (
            where pipeline.stage = 'processing' and pipeline.phase = 'operating'
        ),
        0
    ) as plants,
    coalesce(sum(pipeline.n_facilities) filter (where pipeline.phase = 'not_stated'), 0)
        as sites_phase_not_stated,
    sum(pipeline.n_on_hold) as on_hold,
    pipeline.gap_without_project,
    pipeline.gap_reason,
    any_value(suppliers.largest_three) as suppliers_of_the_area,
    string_agg(pipeline.facility_names, '; ' order by pipeline.stage, pipeline.phase) filter (
        where pipeline.phase in ('advanced', 'permitting', 'permitted')
    )
        as projects_named,
    pipeline.areas_listed,
    max(pipeline.listed_on) as listed_on
from marts.project_pipeline as pipeline
left join suppliers on pipeline.area = suppliers.area and pipeline.mineral_id = suppliers.mineral_id
where pipeline.is_critical
group by
    pipeline.mineral_id,
    pipeline.area,
    pipeline.dependency_year,
    pipeline.gap_without_project,
    pipeline.gap_reason,
    pipeline.areas_listed
order by
    pipeline.gap_without_project desc nulls last,
    dependency_low_pct desc nulls last,
    pipeline.mineral_id asc,
    pipeline.area asc
