-- A month in which no claim was recorded is in no rate of use.
select
    mineral_id,
    stage,
    origin_iso3,
    period
from {{ ref('usmca_utilization') }}
where recording_break and utilization_pct is not null
