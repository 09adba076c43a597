-- Where could a floor lie, method by method, against today's price and what China shipped below it?
-- The methods are alternatives and are not averaged. Prices are nominal, per kilogram of the product as
-- traded or of its content (per_kg_of); reference_price_of is the year or month of the price, which for some
-- minerals ended years ago. would_have_bound_pct is the part of China's weight that landed below the level.
-- Minerals of which a part landed below a level come first, by their rank in the scorecard of the USA.
with ranks as (
    select
        mineral_id,
        rank
    from marts.vulnerability_scorecard
    where area = 'USA' and rank is not null
    qualify year = max(year) over ()
)

select
    mineral_id,
    stage,
    case
        when price_basis != 'contained' then 'product'
        when contained_element = 'REO' then 'rare earth oxides'
        else coalesce(contained_element, 'content')
    end as per_kg_of,
    case method
        when 'precedent' then 'price support of a public agreement'
        when 'median_10y_nominal' then 'median price of ten years'
        when 'last_bloc_output' then 'price of the last three years with output of the three'
        when 'non_china_p25' then 'imports from outside China: a quarter landed below'
        when 'non_china_median' then 'imports from outside China: half landed below'
        when 'china_discount' then 'China below others: a difference and no level'
        else replace(method, '_', ' ')
    end as method,
    usd_per_kg,
    low_usd_per_kg,
    high_usd_per_kg,
    concat(
        n, coalesce(' of ' || n_of, ''),
        case when n_of is not null then ' years' when n = 1 then ' mean price' else ' mean prices' end
    ) as observations,
    reference_price_usd_per_kg,
    if(current_period_type = 'month', strftime(current_period, '%Y-%m'), strftime(current_period, '%Y'))
        as reference_price_of,
    ratio_to_current,
    would_have_bound_pct,
    quality_flag,
    source_ids
from marts.floor_basis
where area = 'USA'
order by
    max(would_have_bound_pct > 0) filter (quality_flag = 'ok') over (partition by mineral_id) desc nulls last,
    (
        select ranks.rank from ranks
        where ranks.mineral_id = floor_basis.mineral_id
    ) asc nulls last,
    mineral_id asc, stage asc, price_basis asc, usd_per_kg desc, method asc;
