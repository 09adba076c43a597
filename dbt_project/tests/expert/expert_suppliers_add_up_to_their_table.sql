-- The imports of a mineral from all suppliers add up to the value of its table.
select
    sources.area,
    sources.mineral_id,
    sources.stage,
    sources.period,
    sources.basis,
    sum(sources.value_usd) as sources_usd,
    any_value(tables.value_usd) as table_usd
from {{ ref('import_sources') }} as sources
inner join {{ ref('supplier_concentration') }} as tables
    on
        sources.area = tables.area
        and sources.mineral_id = tables.mineral_id
        and sources.stage = tables.stage
        and sources.period = tables.period
        and sources.period_type = tables.period_type
        and sources.basis = tables.basis
where sources.value_usd is not null
group by sources.area, sources.mineral_id, sources.stage, sources.period, sources.period_type, sources.basis
having sum(sources.value_usd) < any_value(tables.value_usd) * (1 - 1e-6)
