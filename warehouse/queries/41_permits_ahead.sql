-- Which steps of a permit come next, for which critical mineral, and how far have they moved?
-- Projects of the Federal Permitting Dashboard (source fast41), with the first open step of each mineral and
-- stage; there is no row if it is not held, and question 38 has the projects of other lists. A permit is not
-- a mine, and the dashboard lists only projects that applied or were named.
select
    mineral_id,
    area,
    stage,
    n_facilities as projects,
    next_milestone,
    next_milestone_on,
    next_milestone_days_late,
    round(bloc_dependency_low_pct, 1) as dependency_low_pct,
    round(bloc_dependency_high_pct, 1) as dependency_high_pct,
    facility_names,
    listed_on,
    source_ids
from marts.project_pipeline
where is_critical and phase = 'permitting'
order by next_milestone_on asc nulls last, mineral_id asc, stage asc
