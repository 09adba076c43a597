-- Annual prices printed in the Summaries, converted to USD/kg of the priced product or content. A range
-- becomes its midpoint. An edition revises earlier years, so for each series and year the newest edition that
-- prints the price is used.
with printed as (
    select
        edition,
        commodity,
        statistic,
        year,
        unit,
        value_text,
        coalesce(value, (value_low + value_high) / 2) as price,
        is_estimated,
        vintage,
        _archive_id
    from {{ ref('stg_usgs_mcs__salient') }}
    where kind = 'price'
)

select
    series.series_id,
    series.mineral_id,
    series.stage,
    series.basis,
    series.contained_element,
    series.reference_order,
    printed.edition,
    series.basis_carried_from,
    printed.statistic as series,
    printed.year,
    make_date(printed.year, 1, 1) as period,
    printed.unit,
    printed.value_text,
    printed.price,
    printed.price * units.usd_per_kg as usd_per_kg,
    printed.is_estimated,
    printed.vintage,
    printed._archive_id
from printed
inner join {{ rules_of_editions(ref('usgs_prices'), ref('stg_usgs_mcs__salient')) }} as series
    on
        printed.edition = series.edition
        and printed.commodity = series.commodity
        and printed.statistic = series.statistic
inner join {{ ref('price_units') }} as units on printed.unit = units.unit
where printed.price is not null
qualify row_number() over (partition by series.series_id, printed.year order by printed.edition desc) = 1
