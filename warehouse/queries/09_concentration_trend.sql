-- Which supplies crossed the threshold of high concentration, an HHI of 1 800, since 2020?
select
    area,
    mineral_id,
    stage,
    basis,
    measure,
    period_type,
    arg_min(period, period) as first_period,
    arg_min(hhi, period) as first_hhi,
    arg_max(period, period) as last_period,
    arg_max(hhi, period) as last_hhi,
    arg_max(coverage, period) as coverage
from marts.supplier_concentration
where period >= date '2020-01-01' and hhi is not null
group by area, mineral_id, stage, basis, measure, period_type
having count(*) > 1 and (first_hhi <= 1800) != (last_hhi <= 1800)
order by last_hhi - first_hhi desc, area asc, mineral_id asc, stage asc, basis asc;
