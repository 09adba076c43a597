-- Which projects could close a dependency of the three, and where is there none to process the mineral?
-- The figures are counts of facilities in public lists, not amounts. Gaps come first. An empty gap means that
-- the bounds of the dependency do not decide it.
select
    mineral_id,
    area,
    dependency_year,
    round(any_value(bloc_dependency_low_pct), 1) as dependency_low_pct,
    round(any_value(bloc_dependency_high_pct), 1) as dependency_high_pct,
    coalesce(sum(n_facilities) filter (where stage = 'mine' and phase = 'advanced'), 0) as mine_projects,
    coalesce(sum(n_facilities) filter (where stage = 'mine' and phase = 'operating'), 0) as mines,
    coalesce(sum(n_facilities) filter (where stage = 'processing' and phase = 'advanced'), 0)
        as processing_projects,
    coalesce(sum(n_facilities) filter (where stage = 'processing' and phase = 'operating'), 0) as plants,
    sum(n_on_hold) as on_hold,
    gap_without_project,
    gap_reason,
    max(listed_on) as listed_on
from marts.project_pipeline
where is_critical
group by mineral_id, area, dependency_year, gap_without_project, gap_reason
order by gap_without_project desc nulls last, dependency_low_pct desc nulls last, mineral_id asc, area asc
