-- US imports of a mineral by stage and origin in the newest twelve months with weights, compared with a price
-- floor given by the caller in USD per kg of traded goods. Without weights, the value of the newest year is
-- given.
with compared as (
    select *
    from price_floor($mineral, $usd_per_kg, $stage, 'product')
    where area = 'USA'
),

lines as (
    select *
    from compared
    where period_type = 'month'
    qualify period > max(period) over () - interval 12 month
)

select
    lines.stage,
    countries.name as origin,
    min(lines.period) as first_month,
    max(lines.period) as last_month,
    sum(lines.value_usd)::bigint as value_usd,
    sum(lines.quantity_kg) as quantity_kg,
    sum(lines.value_usd) / sum(lines.quantity_kg) as landed_usd_per_kg,
    sum(lines.quantity_kg) filter (lines.below_floor) / sum(lines.quantity_kg) as below_floor_share,
    sum(lines.border_adjustment_usd)::bigint as border_adjustment_usd,
    null as coverage
from lines
left join core.dim_country as countries on lines.origin_iso3 = countries.iso3
group by lines.stage, countries.name
union all
select
    stage,
    'all origins' as origin,
    null as first_month,
    null as last_month,
    value_usd,
    quantity_kg,
    landed_usd_per_kg,
    null as below_floor_share,
    border_adjustment_usd,
    concat(year(period), ': ', coverage) as coverage
from compared
where period_type = 'total' and not exists (select 1 from lines)
qualify period = max(period) over ()
order by border_adjustment_usd desc nulls last, value_usd desc nulls last;
