-- Dependency of the three by critical mineral, and the facilities on public lists by stage and phase.
select
    mineral_name as mineral,
    dependency_year as year,
    round(max(bloc_dependency_low_pct), 0) as dependency_low_pct,
    round(max(bloc_dependency_high_pct), 0) as dependency_high_pct,
    coalesce(sum(n_facilities) filter (where stage = 'mine' and phase in ('advanced', 'permitting', 'permitted')), 0)::integer
        as mine_projects,
    coalesce(sum(n_facilities) filter (where stage = 'mine' and phase = 'operating'), 0)::integer as mines,
    coalesce(
        sum(n_facilities) filter (where stage = 'processing' and phase in ('advanced', 'permitting', 'permitted')), 0
    )::integer as processing_projects,
    coalesce(sum(n_facilities) filter (where stage = 'processing' and phase = 'operating'), 0)::integer as plants,
    coalesce(sum(n_facilities) filter (where phase = 'not_stated'), 0)::integer as sites_phase_not_stated,
    sum(n_on_hold)::integer as on_hold,
    min(next_milestone_on) as next_milestone_on,
    bool_or(gap_without_project) as gap_without_project,
    replace(coalesce(any_value(gap_reason) filter (where gap_without_project), min(gap_reason)), '_', ' ') as reason,
    any_value(areas_listed) as areas_listed
from marts.project_pipeline
where is_critical
group by mineral_name, dependency_year
order by gap_without_project desc nulls last, dependency_low_pct desc nulls last, mineral
