-- US imports of a mineral by stage and origin in the newest twelve months with weights, compared with a price
-- floor given by the caller in USD per kg of traded goods. All origins come first. Without weights, the value
-- of the newest year is given.
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
    case
        when grouping(lines.origin_iso3) = 1 then 'all origins'
        when lines.origin_iso3 = 'all but CHN' then 'all but China'
        else any_value(countries.name)
    end as origin,
    min(lines.period) as first_month,
    max(lines.period) as last_month,
    sum(lines.value_usd)::bigint as value_usd,
    sum(lines.quantity_kg) as quantity_kg,
    sum(lines.value_usd) / sum(lines.quantity_kg) as landed_usd_per_kg,
    coalesce(sum(lines.quantity_kg) filter (lines.below_floor), 0) / sum(lines.quantity_kg)
        as below_floor_share,
    sum(lines.border_adjustment_usd)::bigint as border_adjustment_usd,
    string_agg(distinct lines.hs_code, ';' order by lines.hs_code) as hs_codes,
    null as coverage,
    string_agg(distinct lines.source_ids, ';' order by lines.source_ids) as source_ids
from lines
left join core.dim_country as countries on lines.origin_iso3 = countries.iso3
group by grouping sets ((lines.stage), (lines.stage, lines.origin_iso3))
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
    null as hs_codes,
    concat(year(period), ': ', coverage) as coverage,
    source_ids
from compared
where period_type = 'total' and not exists (select 1 from lines)
qualify period = max(period) over ()
order by origin = 'all origins' desc, border_adjustment_usd desc nulls last, value_usd desc nulls last;
