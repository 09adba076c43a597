-- A mineral has a rank if its reliance is known, at most a quarter of the weights is missing, and nine others
-- have a rank. Its score lies between its lowest and highest possible value.
select
    area,
    mineral_id,
    year,
    rank,
    score
from {{ ref('vulnerability_scorecard') }}
where
    rank is not null
    and (
        import_reliance_score is null
        or missing_weight_pct > 25 + 1e-6
        or minerals_ranked < 10
        or rank > minerals_ranked
        or score not between score_low - 1e-6 and score_high + 1e-6
    )
