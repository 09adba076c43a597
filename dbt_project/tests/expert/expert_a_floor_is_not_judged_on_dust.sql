-- No floor has a verdict on an origin that sold in a year less than USD 1 million and less than a hundredth
-- of what the line is worth in its largest year. A scenario may end within a year: the fullest one counts.
with by_scenario as (
    select
        scenario_id,
        area,
        hs_code,
        origin_iso3,
        year(period) as year,
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
        max(value_usd) as value_usd,
        sum(verdicts) as verdicts
    from by_scenario
    group by area, hs_code, origin_iso3, year
),

line_years as (
    select
        *,
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
where verdicts > 0 and value_usd < 990000 and value_usd < 0.0099 * largest_usd
