-- Calculated duty as a share of the customs value of all mineral lines, each counted once and without
-- finished goods, for the ten largest origins of the newest year.
with yearly as (
    select
        origin_iso3 as origin,
        year(period) as year,
        sum(value_usd) as value_usd,
        sum(calculated_duty_usd) as calculated_duty_usd
    from marts.duty_paid
    where form = 'mineral' and period_type = 'year'
    group by all
),

largest as (
    select origin
    from yearly
    where year = (select max(year) from yearly)
    order by value_usd desc, origin
    limit 10
)

select
    country.name as origin,
    yearly.year::varchar as year,
    round(100.0 * yearly.calculated_duty_usd / nullif(yearly.value_usd, 0), 2) as effective_rate_pct,
    yearly.value_usd::bigint as value_usd,
    yearly.calculated_duty_usd::bigint as calculated_duty_usd
from yearly
inner join largest using (origin)
inner join core.dim_country as country on yearly.origin = country.iso3
order by country.name, yearly.year
