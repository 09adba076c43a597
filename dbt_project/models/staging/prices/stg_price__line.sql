-- The monthly prices of all sources in one shape, mapped to a mineral or not. A new source is a branch here.
select
    'worldbank_prices' as source_id,
    series,
    unit,
    period,
    price,
    vintage,
    _archive_id
from {{ ref('stg_worldbank_prices__monthly') }}
union all
select
    'imf_pcps' as source_id,
    commodity as series,
    'USD/t' as unit,
    period,
    value as price,
    vintage,
    _archive_id
from {{ ref('stg_imf_pcps__monthly') }}
where transformation = 'USD'
