-- Concentration of US suppliers by mineral and stage, newest year of customs value.
with stages(stage, step) as (
    values
    ('ore_concentrate', 'Ore'),
    ('intermediate', 'Intermediate'),
    ('refined_metal', 'Refined'),
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
inner join stages on concentration.stage = stages.stage
inner join marts.import_sources as sources
    on
        concentration.area = sources.area
        and concentration.mineral_id = sources.mineral_id
        and concentration.stage = sources.stage
        and concentration.period = sources.period
        and concentration.basis = sources.basis
inner join core.dim_mineral as minerals on concentration.mineral_id = minerals.mineral_id
inner join core.dim_country as country on sources.supplier_iso3 = country.iso3
where
    concentration.area = 'USA'
    and concentration.basis = 'customs_value'
    and concentration.period_type = 'year'
    and sources.period_type = 'year'
    and sources.rank = 1
    and minerals.is_critical
    -- low-value flows get no level, since their concentration is accidental
    and concentration.level is not null
qualify
    concentration.period
    = max(concentration.period) over (partition by concentration.mineral_id, concentration.stage)
    and row_number() over (
        partition by concentration.mineral_id, concentration.stage, concentration.period
        order by sources.supplier_iso3
    ) = 1
order by mineral, stages.step
