-- The stage at which a mineral is judged, and that of the output that is home supply: one row a mineral.
select
    mineral_id,
    stage as policy_stage,
    output_stage
from {{ ref('policy_stage') }}
where role = 'headline'
