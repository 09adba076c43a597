select
    question,
    area,
    choice,
    place,
    reason,
    difference
from {{ ref('figures_to_quote') }}
