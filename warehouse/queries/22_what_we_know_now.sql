-- Which figures have been revised by more than a tenth, from what to what?
-- USGS states a figure again in each yearly edition, without a reason: a new definition, a withheld producer
-- and a corrected error look the same. stated_in and revised_in are the editions, or days for trade. Changes
-- of figures in percent are in points. At most 200 are listed, the largest first.
with parts as (
    select
        *,
        string_split(key, '|') as part
    from marts.revisions
    where abs(change_pct) > 10
),

named as (
    select
        *,
        case
            when table_name like '%.fct_production' then part[4]
            when table_name like '%.fct_trade' then part[2]
            else 'USA'
        end as country_iso3,
        case
            when table_name like '%.fct_trade'
                then concat(
                    if(part[4] = 'M', 'imports', 'exports'), ' of code ', part[5],
                    if(part[3] = 'WLD', '', concat(', partner ', part[3]))
                )
            when part[3] in (select products.stage from core.dim_product as products) then part[3]
            else replace(part[3], '_', ' ')
        end as form
    from parts
)

select
    source_id,
    mineral_id,
    country_iso3,
    concat(regexp_replace(replace(measure, '_', ' '), ' (t|kg|usd|pct)$', ''), ', ', form) as measure,
    year(period) as period,
    old_value,
    new_value,
    unit,
    if(unit = '%', null, change_pct) as change_pct,
    if(unit = '%', new_value - old_value, null) as change_pp,
    coalesce(edition_from, vintage_from::varchar) as stated_in,
    coalesce(edition_to, vintage_to::varchar) as revised_in,
    if(
        unit != '%' and old_value > 0 and (new_value >= 10 * old_value or new_value <= 0.1 * old_value),
        'tenfold: look up unit and definition in both', null
    ) as remark
from named
order by abs(change_pct) desc, table_name asc, key asc, vintage_to asc
limit 200;
