-- The newest price differs by 30 % from the price a year before.
with prices as (
    select
        *,
        lag(usd_per_kg, if(period_type = 'month', 12, 1)) over (
            partition by mineral_id, stage, series_id, basis, period_type order by period
        ) as year_before,
        lag(period, if(period_type = 'month', 12, 1)) over (
            partition by mineral_id, stage, series_id, basis, period_type order by period
        ) as period_before
    from core.fct_reference_price
    qualify row_number() over (partition by mineral_id, stage order by period desc, period_type, series_id) = 1
)

select
    'core.fct_reference_price' as table_name,
    concat_ws('|', mineral_id, stage, series_id, basis) as key,
    period as vintage_to,
    last_day(if(period_type = 'year', period + interval 11 months, period)::date) as day,
    concat(
        replace(mineral_id, '_', ' '), ' (', stage, '): ',
        printf('%+.0f %%', 100 * (usd_per_kg / year_before - 1)), ' in a year, to ', printf(if(usd_per_kg < 10000, '%,.4g', '%,.0f'), usd_per_kg), ' USD/kg in ',
        if(period_type = 'year', strftime(period, '%Y'), strftime(period, '%B %Y'))
    ) as title,
    concat('Series ', series_id, ', ', basis) as detail,
    year_before::varchar as was,
    usd_per_kg::varchar as became,
    source_id,
    'price-floor' as anchor,
    concat('minerals show ', mineral_id) as command
from prices
where
    abs(usd_per_kg / nullif(year_before, 0) - 1) > 0.3
    and period_before = period - interval 1 year
    and period >= getvariable('today') - interval 2 years;
