-- How the scorecard's ranks change if each weight is a fifth higher or lower, and the best and worst rank
-- that the bounds of the scores allow under those weights.
{%- set weight = 'components.weight * case when components.component = trials.component'
    ~ ' then 1 + trials.weight_change_pct / 100.0 else 1 end' %}
with components as (
    select * from {{ ref('vulnerability_component') }}
),

trials as (
    select
        tried.component,
        changes.weight_change_pct
    from (select distinct component from components) as tried
    cross join (values (-20), (20)) as changes (weight_change_pct)
),

scores as (
    select
        components.area,
        components.mineral_id,
        components.year,
        trials.component,
        trials.weight_change_pct,
        bool_and(components.is_ranked) as is_ranked,
        {{ rounded(weighted_score('components.score', weight), 6) }} as score,
        {{ rounded(weighted_score('components.score_low', weight), 6) }} as score_low,
        {{ rounded(weighted_score('components.score_high', weight), 6) }} as score_high
    from components
    cross join trials
    group by
        components.area, components.mineral_id, components.year, trials.component, trials.weight_change_pct
),

ranks as (
    select
        *,
        case
            when is_ranked
                then rank() over (
                    partition by area, year, component, weight_change_pct, is_ranked
                    order by score desc nulls last
                )
        end::integer as rank
    from scores
),

bounds as (
    {{ ranks_between_bounds(
        'scores',
        ['mineral_id'],
        ['area', 'year', 'component', 'weight_change_pct'],
        'score_low',
        'score_high',
        where='is_ranked'
    ) }}
),

base_scores as (
    select
        area,
        mineral_id,
        year,
        {{ rounded(weighted_score('score', 'weight'), 6) }} as score
    from components
    where is_ranked
    group by area, mineral_id, year
),

base as (
    select
        area,
        mineral_id,
        year,
        rank() over (partition by area, year order by score desc nulls last)::integer as rank
    from base_scores
)

select
    ranks.area,
    ranks.mineral_id,
    ranks.year,
    ranks.component,
    ranks.weight_change_pct,
    ranks.score,
    ranks.rank,
    ranks.rank - base.rank as rank_change,
    bounds.rank_from,
    bounds.rank_to
from ranks
left join bounds
    on
        ranks.area = bounds.area
        and ranks.mineral_id = bounds.mineral_id
        and ranks.year = bounds.year
        and ranks.component = bounds.component
        and ranks.weight_change_pct = bounds.weight_change_pct
left join base on ranks.area = base.area and ranks.mineral_id = base.mineral_id and ranks.year = base.year
