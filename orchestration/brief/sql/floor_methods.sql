-- Where a floor could lie by method, for the minerals on the US list, with the price of today.
select
    minerals.name as mineral,
    floors.stage,
    floors.method,
    round(floors.usd_per_kg, 3) as usd_per_kg,
    floors.n,
    round(floors.current_usd_per_kg, 3) as current_usd_per_kg,
    round(floors.ratio_to_current, 3) as ratio_to_current,
    round(floors.would_have_bound_pct, 1) as would_have_bound_pct,
    floors.quality_flag
from marts.floor_basis as floors
inner join core.dim_mineral as minerals using (mineral_id)
where floors.area = 'USA' and minerals.is_critical and floors.current_usd_per_kg is not null
order by mineral, floors.stage, floors.method
