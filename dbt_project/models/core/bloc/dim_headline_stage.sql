-- One row per mineral: the stage at which its dependency is assessed, and the stage at which output counts as
-- domestic supply.
select
    mineral_id,
    stage as policy_stage,
    output_stage
from {{ ref('policy_stage') }}
where role = 'headline'
