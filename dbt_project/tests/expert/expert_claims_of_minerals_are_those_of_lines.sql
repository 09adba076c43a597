-- Claims summed over minerals do not exceed claims summed over lines. A line counts once.
with minerals as (
    select
        utilization.origin_iso3,
        utilization.period,
        sum(utilization.usmca_value_usd) as claimed_usd
    from {{ ref('usmca_utilization') }} as utilization
    inner join {{ ref('dim_mineral') }} as mineral on utilization.mineral_id = mineral.mineral_id
    where mineral.group_id is null or mineral.group_id = mineral.mineral_id
    group by utilization.origin_iso3, utilization.period
),

lines as (
    select
        origin_iso3,
        period,
        sum(usmca_value_usd) as claimed_usd
    from {{ ref('usmca_claim') }}
    group by origin_iso3, period
)

select
    minerals.origin_iso3,
    minerals.period,
    minerals.claimed_usd,
    lines.claimed_usd as lines_usd
from minerals
inner join lines on minerals.origin_iso3 = lines.origin_iso3 and minerals.period = lines.period
where minerals.claimed_usd > lines.claimed_usd * (1 + 1e-6)
