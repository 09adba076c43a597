-- US imports of a mineral by stage and origin in the newest twelve months with weights, compared with a price
-- floor given by the caller in USD per kg of traded goods. All origins come first. Without weights, the value
-- of the newest year is given, and the value of months whose weight is withheld or not usable.
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
),

months as (
    select
        hs_code,
        period,
        value_usd,
        net_weight_kg,
        source_id
    from core.fct_us_month
    union all
    select
        hs_code,
        period,
        value_usd,
        net_weight_kg,
        source_id
    from core.fct_area_import
    where area = 'USA' and period_type = 'month'
),

not_weighed as (
    select sum(months.value_usd) as value_usd
    from months
    inner join (select distinct hs_code, source_ids from lines) as judged
        on months.hs_code = judged.hs_code and months.source_id = judged.source_ids
    where
        coalesce(months.net_weight_kg, 0) = 0
        and months.value_usd > 0
        and months.period between (select min(period) from lines) and (select max(period) from lines)
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
    case
        when grouping(lines.origin_iso3) = 1
            then format('USD {:,} of these months is without a usable weight', any_value(not_weighed.value_usd))
    end as coverage,
    string_agg(distinct lines.source_ids, ';' order by lines.source_ids) as source_ids
from lines
left join core.dim_country as countries on lines.origin_iso3 = countries.iso3
cross join not_weighed
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
