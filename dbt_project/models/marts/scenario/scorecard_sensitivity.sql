-- How the scorecard's ranks change if each weight is a fifth higher or lower.
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
        {{ rounded(weighted_score(
            'components.score',
            'components.weight * case when components.component = trials.component'
            ~ ' then 1 + trials.weight_change_pct / 100.0 else 1 end'
        ), 6) }} as score
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

base as (
    select
        area,
        mineral_id,
        year,
        rank() over (
            partition by area, year
            order by {{ rounded(weighted_score('score', 'weight'), 6) }} desc nulls last
        )::integer as rank
    from components
    where is_ranked
    group by area, mineral_id, year
)

select
    ranks.area,
    ranks.mineral_id,
    ranks.year,
    ranks.component,
    ranks.weight_change_pct,
    ranks.score,
    ranks.rank,
    ranks.rank - base.rank as rank_change
from ranks
left join base on ranks.area = base.area and ranks.mineral_id = base.mineral_id and ranks.year = base.year
