-- Which supplies crossed the threshold of high concentration, an HHI of 1,800, since 2020?
-- The HHI adds up the squared shares of suppliers in percent: 10,000 is one supplier alone. Only series
-- that begin in 2020 or 2021 and are worth a million dollars a year count, each from one source by one
-- measure. A series of two years or of months shows no trend, and a code of several minerals is not a
-- supply of one of them. The supplier named is the largest one of the year with the higher HHI, Hong Kong
-- and Macao counted as China. Where national customs have a newer year than the series, the remark has its
-- HHI; the two count trade differently and are not one series. The largest rise comes first, the largest
-- fall last.
with by_customs as (
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
    where
        basis = 'customs_value'
        and period_type = 'year'
        and hhi is not null
        and coverage != 'basket_allocated'
    group by area, mineral_id, stage, measure, period_type
),

series as (
    select
        area,
        mineral_id,
        stage,
        basis,
        period_type,
        measure as share_of,
        source_id,
        min(period) as first_period,
        arg_min(hhi, period) as first_hhi,
        max(period) as last_period,
        arg_max(hhi, period) as last_hhi,
        last_hhi > 1800 as is_rise,
        arg_max(value_usd, period) as last_value_usd
    from marts.supplier_concentration
    where
        period >= date '2020-01-01'
        and period_type != 'month'
        and hhi is not null
        and coverage != 'basket_allocated'
    group by area, mineral_id, stage, basis, measure, period_type, source_id
    having
        year(first_period) < 2022
        and count(*) >= 3
        and coalesce(last_value_usd, 0) >= 1e6
        and (first_hhi <= 1800) != (last_hhi <= 1800)
),

-- the shares of each supplier in both years, by the same table as the index
shares as (
    select
        series.area,
        series.mineral_id,
        series.stage,
        series.basis,
        series.period_type,
        series.source_id,
        held.policy_iso3,
        coalesce(
            sum(coalesce(held.quantity_share, held.value_share)) filter (held.period = series.first_period), 0
        ) as first_share,
        coalesce(
            sum(coalesce(held.quantity_share, held.value_share)) filter (held.period = series.last_period), 0
        ) as last_share
    from series
    inner join marts.import_sources as held
        on
            series.area = held.area
            and series.mineral_id = held.mineral_id
            and series.stage = held.stage
            and series.basis = held.basis
            and series.period_type = held.period_type
            and held.period in (series.first_period, series.last_period)
    where held.policy_iso3 != 'ZZZ'
    group by
        series.area, series.mineral_id, series.stage, series.basis, series.period_type, series.source_id,
        held.policy_iso3
    qualify
        row_number() over (
            partition by
                series.area,
                series.mineral_id,
                series.stage,
                series.basis,
                series.period_type,
                series.source_id
            order by if(any_value(series.is_rise), last_share, first_share) desc, held.policy_iso3 asc
        ) = 1
)

select
    series.area,
    series.mineral_id,
    series.stage,
    series.share_of,
    year(series.first_period) as first_year,
    series.first_hhi,
    year(series.last_period) as last_year,
    series.last_hhi,
    if(series.is_rise, 'rose above 1,800', 'fell to 1,800 or below') as crossing,
    suppliers.name as largest_supplier,
    concat(
        printf('from %.0f', 100 * shares.first_share),
        if(series.is_rise, '', concat(' %, the largest in ', year(series.first_period), ',')),
        printf(' to %.0f %%', 100 * shares.last_share),
        if(series.is_rise, concat(', the largest in ', year(series.last_period)), '')
    ) as its_share_went,
    case
        when by_customs.year > year(series.last_period)
            then concat(
                'national customs, which are another source, state ',
                format('{:,}', round(by_customs.hhi)::bigint), ' in ', by_customs.year,
                case
                    when by_customs.hhi > 1800 and not series.is_rise then ', above 1,800 again'
                    when by_customs.hhi <= 1800 and series.is_rise then ', below 1,800 again'
                    when series.is_rise then ', still above 1,800'
                    else ', still 1,800 or below'
                end
            )
    end as remark,
    series.last_value_usd,
    concat_ws(
        ';',
        series.source_id,
        if(by_customs.year > year(series.last_period), by_customs.source_id, null)
    ) as source_ids
from series
inner join shares
    on
        series.area = shares.area
        and series.mineral_id = shares.mineral_id
        and series.stage = shares.stage
        and series.basis = shares.basis
        and series.period_type = shares.period_type
        and series.source_id = shares.source_id
inner join core.dim_country as suppliers on shares.policy_iso3 = suppliers.iso3
left join by_customs
    on
        series.area = by_customs.area
        and series.mineral_id = by_customs.mineral_id
        and series.stage = by_customs.stage
        and series.share_of = by_customs.measure
        and series.period_type = by_customs.period_type
order by
    series.last_hhi - series.first_hhi desc,
    series.area asc,
    series.mineral_id asc,
    series.stage asc,
    series.basis asc;
