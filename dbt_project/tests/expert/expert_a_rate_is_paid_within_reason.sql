{{ config(severity='warn') }}
-- Duty is never more than twice the value of the goods, and a line with duty has a value.
select
    hs_code,
    origin_iso3,
    period,
    value_usd,
    calculated_duty_usd
from {{ ref('duty_paid') }}
where
    calculated_duty_usd > 2 * value_usd
    or dutiable_usd > value_usd
    or (calculated_duty_usd > 0 and coalesce(dutiable_usd, 0) = 0)
