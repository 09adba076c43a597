-- Cost of a year's consumption of a mineral per kg of the content in which consumption is stated: the
-- reference price of the purchased form divided by its content share.
select
    valued.mineral_id,
    year(price.period)::smallint as year,
    valued.price_stage,
    price.usd_per_kg / valued.content_share as usd_per_kg_content,
    price.series_id,
    price.source_id,
    price.archive_id
from {{ ref('stockpile_prices') }} as valued
inner join {{ ref('fct_reference_price') }} as price
    on valued.mineral_id = price.mineral_id and valued.price_stage = price.stage
where price.period_type = 'year'
