-- A mineral that no trade line measures stands in its group and has no score of its own.
select distinct scores.mineral_id
from {{ ref('vulnerability_scorecard') }} as scores
inner join {{ ref('dim_mineral') }} as mineral on scores.mineral_id = mineral.mineral_id
where mineral.is_allocation_only
