-- Prices that differ by a factor of a hundred between two vintages of the same month. One of the files uses
-- another unit. Withdraw the file whose price is far from the surrounding months.
with vintages as (
    select
        'imf_pcps' as source_id,
        commodity || ' ' || transformation as series,
        period,
        value as price,
        _archive_id
    from {{ source('raw', 'imf_pcps__monthly') }}
    union all
    select
        'worldbank_prices' as source_id,
        series,
        period,
        price,
        _archive_id
    from {{ source('raw', 'worldbank_prices__monthly') }}
)

-- depends_on: {{ ref('fct_price') }}
select
    source_id,
    series,
    period,
    min(price) as lowest_price,
    max(price) as highest_price,
    min_by(_archive_id, price) as archive_id_of_lowest,
    max_by(_archive_id, price) as archive_id_of_highest
from vintages
where price > 0
group by source_id, series, period
having max(price) >= 100 * min(price)
