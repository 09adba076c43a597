-- US exports of ore and concentrate and US imports of refined material, by year, from the newest edition. The
-- weights are of different materials and are never added.
select
    stage_trade.mineral_id,
    salient.year,
    stage_trade.flow,
    stage_trade.side,
    {{ any_known('stage_trade.basis') }} as basis,
    {{ whole_sum("case when salient.qualifier = 's' then 0 else salient.value end * units.base_per_unit") }}
        as quantity_t,
    salient.edition,
    max(stage_trade.basis_carried_from) as basis_carried_from,
    min(salient._archive_id) as archive_id
from {{ ref('stg_usgs_mcs__salient') }} as salient
inner join {{ rules_of_editions(ref('usgs_stage_trade'), ref('stg_usgs_mcs__salient')) }} as stage_trade
    on
        salient.edition = stage_trade.edition
        and salient.commodity = stage_trade.commodity
        and salient.statistic = stage_trade.statistic
inner join {{ ref('units') }} as units on salient.unit = units.unit and units.base_unit = 't'
group by stage_trade.mineral_id, salient.year, stage_trade.flow, stage_trade.side, salient.edition
qualify salient.edition = max(salient.edition) over (partition by stage_trade.mineral_id)
