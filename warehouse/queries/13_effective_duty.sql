-- What duty is actually paid, by mineral and origin, against the duty that the schedule states?
-- Paid is the calculated duty of US customs over the year, in percent of the value; the schedule is HTS with
-- its additional duties, weighted over the year. preferential_rate_pct is due if every eligible entry claims
-- the agreement. Minerals come first; finished goods made of them, such as batteries, follow (end_form).
select
    mineral_id,
    stage,
    origin_iso3,
    year(period) as year,
    value_usd,
    calculated_duty_usd,
    effective_rate_pct,
    statutory_rate_pct,
    preferential_rate_pct,
    gap_pp,
    quality_flag,
    source_ids
from marts.tariff_exposure
where area = 'USA' and period_type = 'year' and calculated_duty_usd > 0
order by period desc, stage = 'end_form' asc, calculated_duty_usd desc
limit 100;
