-- One row per mineral: the stage at which its dependency is assessed, the stage of the goods traded there,
-- and the stage at which output counts as domestic supply.
select
    mineral_id,
    stage as policy_stage,
    output_stage,
    traded_stage,
    product,
    us_basis
from {{ ref('policy_stage') }}
where role = 'headline'
