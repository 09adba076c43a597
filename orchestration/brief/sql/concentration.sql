-- Concentration of US suppliers by mineral and stage, newest year of customs value.
select
    minerals.name as mineral,
    concentration.stage,
    concentration.period::varchar as period,
    round(concentration.hhi) as hhi,
    sources.supplier_iso3 as top_supplier,
    round(100 * sources.value_share, 1) as top_share_pct,
    concat(sources.supplier_iso3, ' ', round(100 * sources.value_share)::int, '%') as top_label,
    concentration.level
from marts.supplier_concentration as concentration
inner join marts.import_sources as sources using (area, mineral_id, stage, period, basis)
inner join core.dim_mineral as minerals using (mineral_id)
where concentration.area = 'USA' and concentration.basis = 'customs_value' and sources.rank = 1
qualify concentration.period = max(concentration.period) over (partition by mineral_id, stage)
order by mineral, stage
