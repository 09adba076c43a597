{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'vulnerability_scorecard'}}}) }}
-- Antimony, gallium, graphite and the rare earths are among the first ten for the USA, also with any weight a
-- fifth higher or lower. This holds for the Summaries of 2025 and 2026.
with expected (mineral_id) as (
    values ('antimony'), ('gallium'), ('graphite_natural'), ('rare_earths')
),

latest as (
    select
        mineral_id,
        max(rank) as rank_high
    from {{ ref('scorecard_sensitivity') }}
    where
        area = 'USA'
        and year = (select max(newest.year) from {{ ref('vulnerability_scorecard') }} as newest)
    group by mineral_id
)

select
    expected.mineral_id,
    latest.rank_high
from expected
left join latest on expected.mineral_id = latest.mineral_id
where latest.rank_high is null or latest.rank_high > 10
