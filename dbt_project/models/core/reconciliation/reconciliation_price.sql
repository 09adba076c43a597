-- Prices: the annual mean of the Pink Sheet compared with that of the International Monetary Fund, over the
-- months that both have. Both quote the same exchange, so a difference of five percent means another good,
-- another unit or a mistake.
with months as (
    select
        mineral_id,
        stage,
        period,
        min(usd_per_kg) filter (where source_id = 'worldbank_prices') as computed,
        min(usd_per_kg) filter (where source_id = 'imf_pcps') as published,
        count(*) as series
    from {{ ref('fct_price') }}
    where period_type = 'month' and source_id in ('worldbank_prices', 'imf_pcps')
    group by mineral_id, stage, period
),

years as (
    select
        mineral_id,
        stage,
        year(period)::smallint as year,  -- noqa: RF04
        {{ mean_in_order('computed', 'period') }} as computed,
        {{ mean_in_order('published', 'period') }} as published
    from months
    where computed is not null and published is not null and series = 2
    group by mineral_id, stage, year(period)
)

select
    'price_pink_sheet_imf_' || stage as check_id,
    mineral_id,
    year,
    'price' as subject,
    null::string as edition,
    'USD/kg' as unit,
    computed,
    published,
    computed - published as difference,
    0.05 * published as tolerance,
    abs(computed - published) <= 0.05 * published as passed,
    '=' as published_qualifier,
    case when passed then 'agrees' else 'unexplained' end as reason_code,
    null::string as note,
    'imf_pcps;worldbank_prices' as source_ids
from years
