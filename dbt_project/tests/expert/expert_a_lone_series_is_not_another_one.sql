-- A series that is the only one of its mineral and stage is not compared with another.
select
    mineral_id,
    stage,
    series_id,
    quote_note
from {{ ref('price_to_quote') }}
qualify count(*) over (partition by mineral_id, stage) = 1 and quote_note like 'another series%'
