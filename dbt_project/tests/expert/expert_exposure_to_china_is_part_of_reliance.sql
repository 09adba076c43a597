-- For every scored mineral, exposure to China is at most the reliance.
select
    area,
    mineral_id,
    year,
    import_reliance_score,
    china_exposure_score
from {{ ref('vulnerability_scorecard') }}
where china_exposure_score > import_reliance_score + 1e-6
