-- Prices: the annual means of two sources that quote the same exchange (macro price_sources), such as the
-- Pink Sheet and the International Monetary Fund, over the months that both have. A difference of five
-- percent means another good, another unit or a mistake.
with pairs (check_name, computed_source_id, published_source_id) as (
    values
    {%- for source in price_sources() if source.compared_with %}
        {%- set other, check_name = source.compared_with %}
        ('{{ check_name }}', '{{ other }}', '{{ source.source_id }}')
        {{- ',' if not loop.last }}
    {%- endfor %}
),

months as (
    select
        pairs.check_name,
        pairs.computed_source_id,
        pairs.published_source_id,
        prices.mineral_id,
        prices.stage,
        prices.period,
        min(prices.usd_per_kg) filter (where prices.source_id = pairs.computed_source_id) as computed,
        min(prices.usd_per_kg) filter (where prices.source_id = pairs.published_source_id) as published,
        count(*) as series
    from {{ ref('fct_price') }} as prices
    inner join pairs on prices.source_id in (pairs.computed_source_id, pairs.published_source_id)
    where prices.period_type = 'month'
    group by
        pairs.check_name, pairs.computed_source_id, pairs.published_source_id, prices.mineral_id,
        prices.stage, prices.period
),

years as (
    select
        check_name,
        computed_source_id,
        published_source_id,
        mineral_id,
        stage,
        year(period)::smallint as year,  -- noqa: RF04
        {{ mean_in_order('computed', 'period') }} as computed,
        {{ mean_in_order('published', 'period') }} as published
    from months
    where computed is not null and published is not null and series = 2
    group by check_name, computed_source_id, published_source_id, mineral_id, stage, year(period)
)

select
    check_name || '_' || stage as check_id,
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
    least(published_source_id, computed_source_id) || ';' || greatest(published_source_id, computed_source_id)
        as source_ids
from years
