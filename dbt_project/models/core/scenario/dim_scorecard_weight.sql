-- Weights of the vulnerability scorecard, and the measure at which a component reaches its full score.
select
    component,
    weight,
    scale_full,
    reason
from {{ ref('scorecard_weights') }}
