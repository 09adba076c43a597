-- Which supplies crossed the threshold of high concentration, an HHI of 1,800, since 2020?
-- The HHI adds up the squared shares of suppliers in percent: 10,000 is one supplier alone. Only series that
-- begin in 2020 or 2021 and are worth a million dollars a year count. A basis with two years shows no trend,
-- and a code of several minerals is not a supply of one of them. Where national customs have a newer year
-- than the series, the remark has its HHI; the two count trade differently and are not one series.
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
),

by_customs as (
    select
        area,
        mineral_id,
        stage,
        measure,
        period_type,
        any_value(source_id) as source_id,
        arg_max(hhi, period) as hhi,
        year(max(period)) as year
    from marts.supplier_concentration
    where basis = 'customs_value' and hhi is not null and coverage != 'basket_allocated'
    group by area, mineral_id, stage, measure, period_type
)

select
    concentration.area,
    concentration.mineral_id,
    concentration.stage,
    concentration.measure as share_of,
    year(min(concentration.period)) as first_year,
    arg_min(concentration.hhi, concentration.period) as first_hhi,
    year(max(concentration.period)) as last_year,
    arg_max(concentration.hhi, concentration.period) as last_hhi,
    if(last_hhi > 1800, 'rose above 1,800', 'fell to 1,800 or below') as crossing,
    case
        when max(by_customs.year) > last_year
            then concat(
                'national customs state ', format('{:,}', round(max(by_customs.hhi))::bigint), ' in ',
                max(by_customs.year),
                case
                    when max(by_customs.hhi) > 1800 and last_hhi <= 1800 then ', above 1,800 again'
                    when max(by_customs.hhi) <= 1800 and last_hhi > 1800 then ', below 1,800 again'
                    when last_hhi > 1800 then ', still above 1,800'
                    else ', still 1,800 or below'
                end
            )
    end as remark,
    arg_max(worth.value_usd, concentration.period) as last_value_usd,
    arg_max(concentration.coverage, concentration.period) as coverage,
    concat_ws(
        ';',
        any_value(concentration.source_id),
        if(max(by_customs.year) > last_year, any_value(by_customs.source_id), null)
    ) as source_ids
from marts.supplier_concentration as concentration
left join worth
    on
        concentration.area = worth.area
        and concentration.mineral_id = worth.mineral_id
        and concentration.stage = worth.stage
        and concentration.basis = worth.basis
        and concentration.period = worth.period
        and concentration.period_type = worth.period_type
left join by_customs
    on
        concentration.area = by_customs.area
        and concentration.mineral_id = by_customs.mineral_id
        and concentration.stage = by_customs.stage
        and concentration.measure = by_customs.measure
        and concentration.period_type = by_customs.period_type
where
    concentration.period >= date '2020-01-01'
    and concentration.hhi is not null
    and concentration.coverage != 'basket_allocated'
group by
    concentration.area, concentration.mineral_id, concentration.stage, concentration.basis,
    concentration.measure, concentration.period_type
having
    first_year < 2022
    and count(*) >= 3
    and coalesce(last_value_usd, 0) >= 1e6
    and (first_hhi <= 1800) != (last_hhi <= 1800)
order by
    last_hhi - first_hhi desc,
    concentration.area asc,
    concentration.mineral_id asc,
    concentration.stage asc,
    concentration.basis asc;
