-- Possible floors by method, for minerals on the US list at their policy stage, with the newest price.
-- Methods based on few figures are left out, and so is the difference to China's price.
select
    minerals.name as mineral,
    floors.stage,
    floors.method,
    round(floors.usd_per_kg, 3) as usd_per_kg,
    floors.n,
    floors.n_of,
    round(floors.reference_price_usd_per_kg, 3) as reference_price_usd_per_kg,
    if(floors.current_period_type = 'month', strftime(floors.current_period, '%Y-%m'), strftime(floors.current_period, '%Y'))
        as reference_price_of,
    round(floors.ratio_to_current, 3) as ratio_to_current,
    round(floors.would_have_bound_pct, 1) as would_have_bound_pct,
    floors.quality_flag
from marts.floor_basis as floors
inner join core.dim_mineral as minerals using (mineral_id)
where
    floors.area = 'USA'
    and minerals.is_critical
    and floors.reference_price_usd_per_kg is not null
    and floors.method != 'china_discount'
    and not contains(floors.quality_flag, 'thin')
    and (
        floors.method = 'precedent'
        or exists (
            from core.dim_policy_stage as staged
            where
                staged.mineral_id = floors.mineral_id
                and staged.line_stage = floors.stage
                and staged.role = 'headline'
        )
    )
order by mineral, floors.stage, floors.method
