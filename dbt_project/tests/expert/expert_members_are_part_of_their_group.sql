-- The import value of a member of a group is at most that of the group if both use the same table.
with tables as (
    select
        sources.area,
        sources.mineral_id,
        mineral.group_id,
        sources.stage,
        sources.period,
        sources.period_type,
        sources.basis,
        sum(sources.value_usd) as value_usd
    from {{ ref('import_sources') }} as sources
    inner join {{ ref('dim_mineral') }} as mineral on sources.mineral_id = mineral.mineral_id
    where sources.value_usd is not null
    group by
        sources.area, sources.mineral_id, mineral.group_id, sources.stage, sources.period,
        sources.period_type, sources.basis
)

select
    member.area,
    member.mineral_id,
    member.stage,
    member.period,
    member.basis,
    member.value_usd,
    whole.value_usd as group_usd
from tables as member
inner join tables as whole
    on
        member.group_id = whole.mineral_id
        and member.area = whole.area
        and member.stage = whole.stage
        and member.period = whole.period
        and member.period_type = whole.period_type
        and member.basis = whole.basis
where member.group_id != member.mineral_id and member.value_usd > whole.value_usd * (1 + 1e-6)
