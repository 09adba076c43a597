-- A figure a hundred times the one before it, or a hundredth, is in another unit: kilograms read as tons, USD
-- as thousands. World output is compared from year to year, prices from period to period, and trade by the
-- middle line of at least ten, since a single line of trade may well jump.
with output as (
    select
        'fct_production' as fact,
        source_id || ' ' || mineral_id || ' ' || stage || ' ' || edition || ' ' || year as of_what,
        production_t as figure,
        lag(production_t) over (
            partition by source_id, mineral_id, stage, edition
            order by year
        ) as figure_before
    from {{ ref('fct_production') }}
    where is_world
),

prices as (
    select
        'fct_price' as fact,
        series_id || ' ' || mineral_id || ' ' || period as of_what,
        usd_per_kg as figure,
        lag(usd_per_kg) over (
            partition by source_id, series_id, mineral_id, stage, basis, period_type
            order by period
        ) as figure_before
    from {{ ref('fct_price') }}
),

lines as (
    select
        source_id,
        reporter_iso3,
        flow,
        period_type,
        period,
        hs_code,
        sum(value_usd) as value_usd,
        sum(net_weight_kg) as net_weight_kg
    from {{ ref('fct_trade') }}
    group by all
),

moved as (
    select
        source_id,
        reporter_iso3,
        flow,
        period_type,
        period,
        value_usd / nullif(lag(value_usd) over of_line, 0) as value_ratio,
        net_weight_kg / nullif(lag(net_weight_kg) over of_line, 0) as weight_ratio
    from lines
    window of_line as (
        partition by source_id, reporter_iso3, flow, period_type, hs_code
        order by period
    )
),

trade as (
    select
        'fct_trade' as fact,
        source_id || ' ' || reporter_iso3 || ' ' || flow || ' ' || period || ' value' as of_what,
        median(value_ratio) as figure,
        1.0 as figure_before
    from moved
    group by source_id, reporter_iso3, flow, period_type, period
    having count(value_ratio) >= 10
    union all
    select
        'fct_trade' as fact,
        source_id || ' ' || reporter_iso3 || ' ' || flow || ' ' || period || ' weight' as of_what,
        median(weight_ratio) as figure,
        1.0 as figure_before
    from moved
    group by source_id, reporter_iso3, flow, period_type, period
    having count(weight_ratio) >= 10
),

figures as (
    select * from output
    union all
    select * from prices
    union all
    select * from trade
)

select *
from figures
where
    figure > 0
    and figure_before > 0
    and (figure >= 100 * figure_before or figure_before >= 100 * figure)
