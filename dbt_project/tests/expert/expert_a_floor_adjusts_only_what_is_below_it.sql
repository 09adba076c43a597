-- Imports priced at or above a floor pay no adjustment.
select
    scenario_id,
    hs_code,
    origin_iso3,
    period,
    gap_usd_per_kg
from {{ ref('price_floor') }}
where
    (below_floor_share = 0 and unexempted_adjustment_usd > 0)
    or border_adjustment_usd > unexempted_adjustment_usd + 0.01
