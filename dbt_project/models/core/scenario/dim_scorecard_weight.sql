-- Weights of the vulnerability scorecard and the measure at which a component is full.
select
    component,
    weight,
    scale_full,
    reason
from {{ ref('scorecard_weights') }}
