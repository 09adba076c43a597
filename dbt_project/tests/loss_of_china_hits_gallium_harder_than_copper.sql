{{ config(severity='warn') }}
-- China produces nearly all gallium and less than half of the refined copper. Without China, the shortage of
-- gallium is larger than that of copper, whatever other producers add.
with without_china as (
    select
        year,
        max(unreplaced_share_low) filter (where mineral_id = 'gallium') as gallium_share,
        max(unreplaced_share_high) filter (where mineral_id = 'copper') as copper_share
    from {{ ref('disruption_scenario') }}
    where scenario_id = 'world_outage' and lost_supplier_iso3 = 'CHN'
    group by year
)

select *
from without_china
where not coalesce(gallium_share > 1.5 * copper_share, false)

union all
select
    0 as year,
    null as gallium_share,
    null as copper_share
where not exists (select 1 from without_china)
