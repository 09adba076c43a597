-- Which minerals and stages does an area draw by more than half from China, directly or at least through one partner?
with newest as (
    select
        area,
        mineral_id,
        stage,
        basis,
        max((period, period_type)) as period_and_type
    from marts.import_sources
    group by area, mineral_id, stage, basis
)

select
    sources.area,
    sources.mineral_id,
    sources.stage,
    sources.basis,
    sources.period,
    sum(coalesce(sources.quantity_share, sources.value_share)) filter (sources.policy_iso3 = 'CHN')
        as direct_share,
    sum(sources.indirect_low) as indirect_low_share,
    sum(sources.indirect_high) as indirect_high_share,
    coalesce(direct_share, 0) + coalesce(indirect_low_share, 0) as china_share,
    coalesce(direct_share, 0) + coalesce(indirect_high_share, 0) as china_high_share,
    any_value(sources.coverage) as coverage
from marts.import_sources as sources
inner join newest
    on
        sources.area = newest.area
        and sources.mineral_id = newest.mineral_id
        and sources.stage = newest.stage
        and sources.basis = newest.basis
        and (sources.period, sources.period_type) = newest.period_and_type
group by sources.area, sources.mineral_id, sources.stage, sources.basis, sources.period
having china_share > 0.5
order by
    sources.area asc, china_share desc, sources.mineral_id asc, sources.stage asc, sources.basis asc;
