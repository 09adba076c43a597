{{ config(severity='warn') }}
-- A price does not triple or fall to a third from one month to the next. Such a jump indicates another unit
-- or another good.
with months as (
    select
        series_id,
        mineral_id,
        stage,
        period,
        usd_per_kg,
        lag(usd_per_kg) over (partition by series_id, mineral_id, stage order by period) as before_usd_per_kg
    from {{ ref('fct_price') }}
    where period_type = 'month'
)

select *
from months
where usd_per_kg > 3 * before_usd_per_kg or usd_per_kg < before_usd_per_kg / 3
