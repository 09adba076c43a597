-- A mineral without a trade line of its own is scored as part of its group only.
select distinct scores.mineral_id
from {{ ref('vulnerability_scorecard') }} as scores
inner join {{ ref('dim_mineral') }} as mineral on scores.mineral_id = mineral.mineral_id
where mineral.is_allocation_only
