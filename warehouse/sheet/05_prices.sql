-- Prices
with monthly_or_yearly as (
    select
        stage,
        period,
        period_type,
        reference_price_usd_per_kg as usd_per_kg,
        reference_series_id as series,
        zscore_5y,
        lag(reference_price_usd_per_kg, if(period_type = 'month', 12, 1)) over (
            partition by stage, period_type order by period
        ) as year_before
    from marts.market_distortion
    where mineral_id = $mineral and reference_price_usd_per_kg is not null
)

select
    stage,
    case when period_type = 'month' then strftime(period, '%Y-%m') else year(period)::varchar end as period,
    round(usd_per_kg, 2) as usd_per_kg,
    printf('%+.0f %%', 100 * (usd_per_kg / year_before - 1)) as against_a_year_before,
    round(zscore_5y, 1) as zscore_5y,
    series
from monthly_or_yearly
where year(period) <= coalesce($year, year(period))
qualify row_number() over (partition by stage order by period desc, period_type) = 1
order by stage;
