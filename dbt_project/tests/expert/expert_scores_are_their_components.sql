-- A score is the weighted mean of the known components and lies between 0 and 100.
with components as (
    select
        area,
        mineral_id,
        year,
        sum(score * weight) filter (where score is not null)
        / nullif(sum(weight) filter (where score is not null), 0) as score
    from {{ ref('vulnerability_component') }}
    group by area, mineral_id, year
)

select
    card.area,
    card.mineral_id,
    card.year,
    card.score,
    components.score as recomputed
from {{ ref('vulnerability_scorecard') }} as card
inner join components
    on
        card.area = components.area
        and card.mineral_id = components.mineral_id
        and card.year = components.year
where card.score not between -1e-9 and 100 + 1e-9 or abs(card.score - components.score) > 0.01
