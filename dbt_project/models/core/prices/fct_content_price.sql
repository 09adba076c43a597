-- Cost of a year's consumption of a mineral per kg of the content in which consumption is stated: the
-- reference price of the purchased form divided by its content share. Each year has its mean price and the
-- newest price, monthly if available: what a purchase would cost now.
with newest as (
    select
        mineral_id,
        stage,
        usd_per_kg,
        period,
        period_type
    from {{ ref('fct_reference_price') }}
    qualify row_number() over (partition by mineral_id, stage order by period desc, period_type asc) = 1
)

select
    valued.mineral_id,
    year(price.period)::smallint as year,
    valued.price_stage,
    price.usd_per_kg / valued.content_share as usd_per_kg_content,
    newest.usd_per_kg / valued.content_share as newest_usd_per_kg_content,
    newest.period as newest_period,
    newest.period_type as newest_period_type,
    price.series_id,
    price.source_id,
    price.archive_id
from {{ ref('stockpile_prices') }} as valued
inner join {{ ref('fct_reference_price') }} as price
    on valued.mineral_id = price.mineral_id and valued.price_stage = price.stage
inner join newest
    on valued.mineral_id = newest.mineral_id and valued.price_stage = newest.stage
where price.period_type = 'year'
