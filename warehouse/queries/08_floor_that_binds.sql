-- What is the lowest floor that would have been binding for a fifth of China's weight of the last 24 months?
-- Codes whose weights end earlier are listed with their last day and have no floor. Codes with fewer than six
-- periods have none either: so few mean prices do not show the cheapest fifth of the weight.
with weighed as (
    select *
    from core.fct_area_import
    where net_weight_kg > 0
),

newest as (
    select
        area,
        max(period_end) as newest_day
    from core.fct_area_import
    group by area
),

shipments as (
    select
        weighed.area,
        weighed.hs_code,
        weighed.period,
        weighed.period_end,
        weighed.period_type,
        weighed.net_weight_kg,
        weighed.source_id,
        weighed.value_usd / weighed.net_weight_kg as landed_usd_per_kg,
        weighed.period_end > newest.newest_day - interval 24 month as is_recent
    from weighed
    inner join newest on weighed.area = newest.area
    where weighed.origin_iso3 = 'CHN'
),

ranked as (
    select
        *,
        sum(net_weight_kg) over cheapest_first
        / sum(net_weight_kg) over (partition by area, hs_code, is_recent) as share_up_to_here
    from shipments
    window cheapest_first as (
        partition by area, hs_code, is_recent
        order by landed_usd_per_kg, period
        rows unbounded preceding
    )
),

named as (
    select
        products.hs_code,
        string_agg(distinct minerals.name, ', ' order by minerals.name) as minerals_named
    from core.dim_product as products
    inner join core.dim_mineral as minerals on products.mineral_id = minerals.mineral_id
    where not products.is_allocation_only
    group by products.hs_code
)

select
    ranked.area,
    ranked.hs_code,
    any_value(named.minerals_named) as minerals_named,
    case
        when count(distinct ranked.period) filter (ranked.is_recent) >= 6
            then min(ranked.landed_usd_per_kg) filter (ranked.is_recent and ranked.share_up_to_here >= 0.2)
    end as binding_floor_usd_per_kg,
    sum(ranked.net_weight_kg) filter (ranked.is_recent) as chinese_kg,
    case
        when bool_or(ranked.is_recent) then concat(
            count(distinct ranked.period) filter (ranked.is_recent), ' ',
            any_value(ranked.period_type) filter (ranked.is_recent),
            if(count(distinct ranked.period) filter (ranked.is_recent) = 1, '', 's')
        )
    end as periods,
    strftime(max(ranked.period_end), '%Y-%m') as weights_until,
    case
        when not bool_or(ranked.is_recent) then 'no_weights_in_24_months'
        when count(distinct ranked.period) filter (ranked.is_recent) < 6 then 'too_few_periods'
        else 'ok'
    end as coverage,
    string_agg(distinct ranked.source_id, ';' order by ranked.source_id) as source_ids
from ranked
left join named on ranked.hs_code = named.hs_code
group by ranked.area, ranked.hs_code
order by
    binding_floor_usd_per_kg is null asc,
    chinese_kg desc nulls last,
    ranked.area asc,
    ranked.hs_code asc;
