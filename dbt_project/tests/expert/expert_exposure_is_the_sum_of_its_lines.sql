-- Duty summed over minerals never exceeds duty summed over lines. A line counts once.
with minerals as (
    select
        exposure.period,
        exposure.period_type,
        exposure.origin_iso3,
        sum(exposure.value_usd) as value_usd
    from {{ ref('tariff_exposure') }} as exposure
    inner join {{ ref('dim_mineral') }} as mineral on exposure.mineral_id = mineral.mineral_id
    where mineral.group_id is null and exposure.stage != 'end_form'
    group by exposure.period, exposure.period_type, exposure.origin_iso3
),

lines as (
    select
        period,
        period_type,
        origin_iso3,
        sum(value_usd) as value_usd
    from {{ ref('duty_paid') }}
    group by period, period_type, origin_iso3
)

select
    minerals.period,
    minerals.origin_iso3,
    minerals.value_usd,
    lines.value_usd as lines_usd
from minerals
inner join lines
    on
        minerals.period = lines.period
        and minerals.period_type = lines.period_type
        and minerals.origin_iso3 = lines.origin_iso3
where minerals.value_usd > lines.value_usd * (1 + 1e-6)
