-- Prices by stage: the series to quote first, then how the others differ from it
with reference as (
    select
        mineral_id,
        stage,
        period,
        period_type,
        reference_price_usd_per_kg as price_usd_per_kg,
        reference_series_id as series,
        zscore_5y,
        lag(reference_price_usd_per_kg, if(period_type = 'month', 12, 1)) over (
            partition by mineral_id, stage, period_type order by period
        ) as year_before
    from marts.market_distortion
    where mineral_id in (select unnest($minerals)) and reference_price_usd_per_kg is not null
),

to_quote as (
    select
        reference.*,
        true as is_quoted,
        coalesce(series.quote_note, 'the reference series') as note
    from reference
    left join marts.price_to_quote as series
        on reference.mineral_id = series.mineral_id and reference.stage = series.stage and series.is_recommended
    where year(reference.period) <= coalesce($year, year(reference.period))
    qualify row_number() over (
        partition by reference.mineral_id, reference.stage order by reference.period desc, reference.period_type
    ) = 1
),

others as (
    select
        mineral_id,
        stage,
        period,
        period_type,
        price_usd_per_kg,
        series_id as series,
        false as is_quoted,
        quote_note as note
    from marts.price_to_quote
    where mineral_id in (select unnest($minerals)) and not is_recommended and year(period) <= coalesce($year, year(period))
)

select
    mineral_id,
    stage,
    case when period_type = 'month' then strftime(period, '%Y-%m') else year(period)::varchar end as period,
    round(price_usd_per_kg, 2) as price_usd_per_kg,
    printf('%+.0f %%', 100 * (price_usd_per_kg / year_before - 1)) as against_a_year_before,
    round(zscore_5y, 1) as zscore_5y,
    series,
    concat(if(is_quoted, 'quote: ', ''), note) as which_to_quote
from (from to_quote union all by name from others)
order by mineral_id, stage, is_quoted desc, period desc, series;
