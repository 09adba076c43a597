-- Origins with very small sales on a tariff line in a year: less than a hundredth of the line's value in its
-- largest year, and less than a million dollars. One or two lots support no verdict. For a partial year, both
-- limits are prorated by the months up to the newest.
{%- set least_trade_share = 0.01 %}
{%- set least_trade_usd = 1000000 %}

with stated as (
    select
        area,
        hs_code,
        origin_iso3,
        year(period) as year,
        period_type,
        max(case when period_type = 'month' then month(period) else 12 end) as months,
        {{ exact_sum('value_usd') }} as value_usd
    from {{ ref('fct_area_import') }}
    group by area, hs_code, origin_iso3, year(period), period_type
    union all
    select
        'USA' as area,
        hs_code,
        'CHN' as origin_iso3,
        year(period) as year,
        'month' as period_type,
        max(month(period)) as months,
        {{ exact_sum('value_usd') }} as value_usd
    from {{ ref('fct_china_month') }}
    group by hs_code, year(period)
),

-- a year that is also held by months counts once
origin_years as (
    select
        area,
        hs_code,
        origin_iso3,
        year,
        max(months) as months,
        max(value_usd) as value_usd
    from stated
    group by area, hs_code, origin_iso3, year
),

line_years as (
    select
        *,
        max(months) over (partition by area, year) / 12 as part_of_year,
        sum(value_usd) over (partition by area, hs_code, year) as line_usd
    from origin_years
),

lines as (
    select
        *,
        max(line_usd) over (partition by area, hs_code) as largest_year_usd
    from line_years
)

select
    area,
    hs_code,
    origin_iso3,
    year,
    value_usd,
    largest_year_usd
from lines
where
    value_usd < {{ least_trade_usd }} * part_of_year
    and value_usd < {{ least_trade_share }} * largest_year_usd * part_of_year
