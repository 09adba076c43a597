{{ config(severity='warn') }}
-- Price sources without a row in core.fct_price: seeds/price_series.csv lists none of their series, or lists
-- them under another name or unit. Single series may be left out on purpose, such as cocoa in the Pink Sheet.
select
    lines.source_id,
    count(distinct lines.series) as series_count,
    min(lines.series) as first_series,
    min(lines.unit) as first_unit,
    max(lines.period) as last_period
from {{ ref('stg_price__line') }} as lines
anti join {{ ref('fct_price') }} as prices on lines.source_id = prices.source_id
group by lines.source_id
order by lines.source_id
