-- No floor has a verdict on an origin with sales in a year below USD 1 million and below a hundredth of the
-- line's largest yearly value. A scenario may end within a year, so its fullest year counts. For a partial
-- year, both limits are scaled to the months up to the newest.
with by_scenario as (
    select
        scenario_id,
        area,
        hs_code,
        origin_iso3,
        year(period) as year,
        max(case when period_type = 'month' then month(period) else 12 end) as months,
        sum(value_usd) as value_usd,
        count(below_floor) as verdicts
    from {{ ref('price_floor') }}
    group by scenario_id, area, hs_code, origin_iso3, year(period)
),

origin_years as (
    select
        area,
        hs_code,
        origin_iso3,
        year,
        max(months) as months,
        max(value_usd) as value_usd,
        sum(verdicts) as verdicts
    from by_scenario
    group by area, hs_code, origin_iso3, year
),

line_years as (
    select
        *,
        max(months) over (partition by area, year) / 12 as part_of_year,
        sum(value_usd) over (partition by area, hs_code, year) as line_usd
    from origin_years
),

largest as (
    select
        *,
        max(line_usd) over (partition by area, hs_code) as largest_usd
    from line_years
)

select
    area,
    hs_code,
    origin_iso3,
    year,
    value_usd,
    largest_usd
from largest
where
    verdicts > 0
    and value_usd < 990000 * part_of_year
    and value_usd < 0.0099 * largest_usd * part_of_year
