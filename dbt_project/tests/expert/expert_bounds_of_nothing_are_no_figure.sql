-- Where nothing is known of the dependency of the three, as for potash, lists show no bounds from 0 to 100 %.
select
    mineral_id,
    area,
    bloc_dependency_low_pct,
    bloc_dependency_high_pct
from {{ ref('project_pipeline') }}
where coalesce(bloc_dependency_low_pct, 0) <= 0 and bloc_dependency_high_pct >= 100
