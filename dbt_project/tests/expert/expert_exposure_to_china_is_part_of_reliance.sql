-- Exposure to China is a part of reliance, for every mineral that is scored.
select
    area,
    mineral_id,
    year,
    import_reliance_score,
    china_exposure_score
from {{ ref('vulnerability_scorecard') }}
where china_exposure_score > import_reliance_score + 1e-6
