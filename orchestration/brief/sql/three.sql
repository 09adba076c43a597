-- China's share by value in imports of each of the three and of North America as one at the policy stage, in
-- the newest year with all flows: directly, and including estimated sales through one partner. A mineral is
-- left out if its US share in BACI differs by more than ten points from that of US customs in the same year,
-- since BACI then covers other codes or disputed values.
with sold as (
    select
        stages.mineral_id,
        stages.policy_stage,
        sources.area,
        sources.period,
        sources.policy_iso3 = 'CHN' as is_chinese,
        sources.value_usd,
        sources.value_usd * coalesce(sources.indirect_low / sources.value_share, 0) as indirect_low_usd,
        sources.value_usd * coalesce(sources.indirect_high / sources.value_share, 0) as indirect_high_usd
    from core.dim_policy_stage as stages
    inner join marts.import_sources as sources
        on stages.mineral_id = sources.mineral_id and stages.line_stage = sources.stage
    where sources.basis = 'baci' and sources.value_share > 0 and not stages.is_basket
    qualify sources.period = max(sources.period) over (partition by stages.mineral_id, stages.policy_stage)
),

by_customs as (
    select
        stages.mineral_id,
        stages.policy_stage,
        sources.period,
        coalesce(sum(sources.value_usd) filter (sources.policy_iso3 = 'CHN'), 0) / sum(sources.value_usd) as direct
    from core.dim_policy_stage as stages
    inner join marts.import_sources as sources
        on stages.mineral_id = sources.mineral_id and stages.line_stage = sources.stage
    where
        sources.basis = 'customs_value'
        and sources.period_type = 'year'
        and sources.area = 'USA'
        and sources.value_share > 0
        and not stages.is_basket
    group by stages.mineral_id, stages.policy_stage, sources.period
),

shares as (
    select
        mineral_id,
        policy_stage,
        area,
        year(period) as year,
        sum(value_usd) as imports_usd,
        coalesce(sum(value_usd) filter (is_chinese), 0) / sum(value_usd) as direct,
        sum(indirect_low_usd) / sum(value_usd) as indirect_low,
        sum(indirect_high_usd) / sum(value_usd) as indirect_high
    from sold
    group by mineral_id, policy_stage, area, period
),

disputed as (
    select shares.mineral_id, shares.policy_stage
    from shares
    inner join by_customs using (mineral_id, policy_stage)
    where shares.area = 'USA' and shares.year = year(by_customs.period) and abs(shares.direct - by_customs.direct) > 0.1
)

select
    minerals.name
    || case shares.policy_stage when 'magnets' then ' (magnets)' else '' end
    || case when shares.year < max(shares.year) over () then ', ' || shares.year else '' end as mineral,
    replace(shares.policy_stage, '_', ' ') as stage,
    shares.year,
    shares.area,
    round(100 * shares.direct, 1) as china_pct,
    round(100 * least(shares.direct + shares.indirect_low, 1), 1) as china_and_indirect_low_pct,
    round(100 * least(shares.direct + shares.indirect_high, 1), 1) as china_and_indirect_high_pct,
    round(shares.imports_usd / 1e6, 1) as imports_musd
from shares
inner join core.dim_mineral as minerals using (mineral_id)
anti join disputed using (mineral_id, policy_stage)
order by
    max(shares.direct) filter (where shares.area = 'USMCA') over (partition by minerals.name, shares.policy_stage) desc nulls last,
    mineral,
    list_position(['USA', 'CAN', 'MEX', 'USMCA'], shares.area)
