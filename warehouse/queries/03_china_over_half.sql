-- Which minerals and stages does an area draw by more than half from China, directly or through one partner?
select
    area,
    mineral_id,
    stage,
    basis,
    period,
    sum(coalesce(quantity_share, value_share)) filter (policy_iso3 = 'CHN') as direct_share,
    sum(indirect_china_share) as indirect_share,
    coalesce(sum(coalesce(quantity_share, value_share)) filter (policy_iso3 = 'CHN'), 0)
    + coalesce(sum(indirect_china_share), 0) as china_share,
    any_value(coverage) as coverage
from (
    select *
    from marts.import_sources
    qualify
        dense_rank() over (
            partition by area, mineral_id, stage, basis
            order by period desc, period_type desc
        ) = 1
) as newest
group by area, mineral_id, stage, basis, period
having china_share > 0.5
order by area asc, china_share desc, mineral_id asc, stage asc, basis asc;
