{{ config(severity='warn') }}
-- Nobody pays more than twice the goods, and a line that pays duty has goods.
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
