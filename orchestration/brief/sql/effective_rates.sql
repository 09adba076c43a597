-- Calculated duty as a share of the customs value of all mineral lines, each counted once and without
-- finished goods, for the ten largest origins of the newest year, and the share of the duty charged in the
-- chapter with the largest part.
with by_chapter as (
    select
        origin_iso3 as origin,
        year(period) as year,
        left(hs_code, 2) as chapter,
        sum(value_usd) as value_usd,
        coalesce(sum(calculated_duty_usd), 0) as calculated_duty_usd
    from marts.duty_paid
    where form = 'mineral' and period_type = 'year'
    group by all
),

yearly as (
    select
        origin,
        year,
        sum(value_usd) as value_usd,
        sum(calculated_duty_usd) as calculated_duty_usd,
        max_by(chapter, (calculated_duty_usd, chapter)) as first_chapter,
        max(calculated_duty_usd) as first_duty_usd,
        max_by(value_usd, (calculated_duty_usd, chapter)) as first_value_usd
    from by_chapter
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
    yearly.first_chapter as chapter_with_most_duty,
    round(100.0 * yearly.first_duty_usd / nullif(yearly.calculated_duty_usd, 0)) as chapter_share_of_duty_pct,
    round(
        100.0 * (yearly.calculated_duty_usd - yearly.first_duty_usd)
        / nullif(yearly.value_usd - yearly.first_value_usd, 0), 2
    ) as rate_without_chapter_pct,
    yearly.value_usd::bigint as value_usd,
    yearly.calculated_duty_usd::bigint as calculated_duty_usd
from yearly
inner join largest using (origin)
inner join core.dim_country as country on yearly.origin = country.iso3
order by country.name, yearly.year
