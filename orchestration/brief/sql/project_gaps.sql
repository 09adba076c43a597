-- Dependency of the three by critical mineral, and facilities that public lists name by stage and phase.
select
    mineral_name as mineral,
    dependency_year as year,
    round(max(bloc_dependency_low_pct), 0) as dependency_low_pct,
    round(max(bloc_dependency_high_pct), 0) as dependency_high_pct,
    coalesce(sum(n_facilities) filter (where stage = 'mine' and phase = 'advanced'), 0)::integer as mine_projects,
    coalesce(sum(n_facilities) filter (where stage = 'mine' and phase = 'operating'), 0)::integer as mines,
    coalesce(sum(n_facilities) filter (where stage = 'processing' and phase = 'advanced'), 0)::integer as processing_projects,
    coalesce(sum(n_facilities) filter (where stage = 'processing' and phase = 'operating'), 0)::integer as plants,
    sum(n_on_hold)::integer as on_hold,
    gap_without_project,
    replace(gap_reason, '_', ' ') as reason
from marts.project_pipeline
where is_critical
group by all
order by gap_without_project desc nulls last, dependency_low_pct desc nulls last, mineral
