-- Concentration of US suppliers by mineral and stage, newest year of customs value.
with stages(stage, step) as (
    values
    ('ore_concentrate', 'Ore'),
    ('intermediate', 'Intermediate'),
    ('refined_metal', 'Metal'),
    ('compound', 'Compound'),
    ('alloy_semi', 'Alloy')
)

select
    minerals.name as mineral,
    stages.step as stage,
    year(concentration.period) as year,
    round(concentration.hhi) as hhi,
    sources.supplier_iso3 as top_supplier,
    country.name as top_supplier_name,
    round(100 * sources.value_share, 1) as top_share_pct,
    concentration.level
from marts.supplier_concentration as concentration
inner join stages using (stage)
inner join marts.import_sources as sources using (area, mineral_id, stage, period, basis)
inner join core.dim_mineral as minerals using (mineral_id)
inner join core.dim_country as country on sources.supplier_iso3 = country.iso3
where
    concentration.area = 'USA'
    and concentration.basis = 'customs_value'
    and concentration.period_type = 'year'
    and sources.period_type = 'year'
    and sources.rank = 1
    and minerals.is_critical
qualify
    concentration.period = max(concentration.period) over (partition by mineral_id, stage)
    and row_number() over (
        partition by mineral_id, stage, concentration.period order by sources.supplier_iso3
    ) = 1
order by mineral, stages.step
