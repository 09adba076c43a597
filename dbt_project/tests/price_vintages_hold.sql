-- Prices that differ by a factor of a hundred between two vintages of the same month. One of the files uses
-- another unit. Withdraw the file whose price is far from the surrounding months.
with vintages as (
    {%- for prices in price_sources() %}
        select
            '{{ prices.source_id }}' as source_id,
            concat_ws(' ', {{ prices.cells | join(', ') }}) as series,
            period,
            {{ prices.price }} as price,
            _archive_id
        from {{ source('raw', prices.table) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
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
