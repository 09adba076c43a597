-- A month without recorded claims is not counted in any utilization rate.
select
    mineral_id,
    stage,
    origin_iso3,
    period
from {{ ref('usmca_utilization') }}
where recording_break and utilization_pct is not null
