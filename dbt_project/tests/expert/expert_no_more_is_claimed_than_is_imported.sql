-- Value claimed under the USMCA does not exceed the value imported.
select
    mineral_id,
    stage,
    origin_iso3,
    period
from {{ ref('usmca_utilization') }}
where usmca_value_usd > value_usd * (1 + 1e-6) or utilization_pct > 100.01
