-- What is the lowest floor that would have been binding for a fifth of China's weight of the last 24 months?
-- Codes whose weights end earlier are listed with their last day and have no floor. Codes with fewer than six
-- periods have none either: so few mean prices do not show the cheapest fifth of the weight.
with named as (
    select
        products.hs_code,
        string_agg(distinct minerals.name, ', ' order by minerals.name) as minerals_named
    from core.dim_product as products
    inner join core.dim_mineral as minerals on products.mineral_id = minerals.mineral_id
    where not products.is_allocation_only
    group by products.hs_code
)

select
    floors.area,
    floors.hs_code,
    named.minerals_named,
    floors.binding_floor_usd_per_kg,
    floors.chinese_kg,
    nullif(
        concat_ws(
            ' and ',
            nullif(floors.months, 0) || if(floors.months = 1, ' month', ' months'),
            nullif(floors.years, 0) || if(floors.years = 1, ' year', ' years')
        ), ''
    ) as periods,
    strftime(floors.weights_until, '%Y-%m') as weights_until,
    floors.coverage,
    floors.source_ids
from marts.binding_floor as floors
left join named on floors.hs_code = named.hs_code
order by
    floors.binding_floor_usd_per_kg is null asc,
    floors.chinese_kg desc nulls last,
    floors.area asc,
    floors.hs_code asc;
