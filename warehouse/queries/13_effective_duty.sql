-- What duty is actually paid, by mineral and origin, against the duty that the schedule states?
-- Minerals come first; finished goods made of them, such as batteries, follow (end_form).
select
    mineral_id,
    stage,
    origin_iso3,
    period,
    value_usd,
    calculated_duty_usd,
    effective_rate_pct,
    statutory_rate_pct,
    statutory_low_pct,
    preferential_rate_pct,
    gap_pp,
    statutory_weighting,
    quality_flag
from marts.tariff_exposure
where area = 'USA' and period_type = 'year' and calculated_duty_usd > 0
order by period desc, stage = 'end_form' asc, calculated_duty_usd desc
limit 100;
