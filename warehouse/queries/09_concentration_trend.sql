-- Which supplies crossed the threshold of high concentration, an HHI of 1 800, since 2020?
-- Only series that begin in 2020 or 2021 and are worth a million dollars a year count. A basis with two years
-- shows no trend, and a code of several minerals is not a supply of one of them.
with worth as (
    select
        area,
        mineral_id,
        stage,
        basis,
        period,
        period_type,
        sum(value_usd) as value_usd
    from marts.import_sources
    group by area, mineral_id, stage, basis, period, period_type
)

select
    concentration.area,
    concentration.mineral_id,
    concentration.stage,
    concentration.basis,
    concentration.measure,
    concentration.period_type,
    count(*) as periods,
    arg_min(concentration.period, concentration.period) as first_period,
    arg_min(concentration.hhi, concentration.period) as first_hhi,
    arg_max(concentration.period, concentration.period) as last_period,
    arg_max(concentration.hhi, concentration.period) as last_hhi,
    arg_max(worth.value_usd, concentration.period) as last_value_usd,
    arg_max(concentration.coverage, concentration.period) as coverage,
    any_value(concentration.source_id) as source_ids
from marts.supplier_concentration as concentration
left join worth
    on
        concentration.area = worth.area
        and concentration.mineral_id = worth.mineral_id
        and concentration.stage = worth.stage
        and concentration.basis = worth.basis
        and concentration.period = worth.period
        and concentration.period_type = worth.period_type
where
    concentration.period >= date '2020-01-01'
    and concentration.hhi is not null
    and concentration.coverage != 'basket_allocated'
group by
    concentration.area, concentration.mineral_id, concentration.stage, concentration.basis,
    concentration.measure, concentration.period_type
having
    first_period < date '2022-01-01'
    and count(*) >= 3
    and coalesce(last_value_usd, 0) >= 1e6
    and (first_hhi <= 1800) != (last_hhi <= 1800)
order by
    last_hhi - first_hhi desc,
    concentration.area asc,
    concentration.mineral_id asc,
    concentration.stage asc,
    concentration.basis asc;
