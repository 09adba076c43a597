-- Which figures have been revised by more than a tenth, from what to what?
-- USGS states a figure again in each yearly edition, without a reason: a new definition, a withheld
-- producer and a corrected error look the same. stated_in and revised_in are the editions, or days for
-- trade. Changes of figures in percent are in percentage points. At most 200 of all revisions are listed,
-- in this order: minerals on the US list of 2025 first; of these, figures for the USA or the world first;
-- of these, tonnes or dollars before percent, the largest change in that unit first.
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
    named.source_id,
    named.mineral_id,
    named.country_iso3,
    concat(regexp_replace(replace(named.measure, '_', ' '), ' (t|kg|usd|pct)$', ''), ', ', named.form)
        as measure,
    year(named.period) as period,
    named.old_value,
    named.new_value,
    replace(named.unit, 'USD', 'US dollars') as unit,
    if(named.unit = '%', null, named.change_pct) as change_pct,
    if(named.unit = '%', named.new_value - named.old_value, null) as change_pp,
    coalesce(named.edition_from, named.vintage_from::varchar) as stated_in,
    coalesce(named.edition_to, named.vintage_to::varchar) as revised_in,
    count(*) over () as revisions,
    if(
        named.unit != '%' and named.old_value > 0
        and (named.new_value >= 10 * named.old_value or named.new_value <= 0.1 * named.old_value),
        'so large a change may be one of unit or definition', null
    ) as remark
from named
left join core.dim_mineral as minerals on named.mineral_id = minerals.mineral_id
order by
    coalesce(minerals.on_us_2025, false) desc,
    named.country_iso3 in ('USA', 'WLD') desc,
    named.unit = '%' asc,
    abs(named.new_value - named.old_value) desc,
    named.table_name asc,
    named.key asc,
    named.vintage_to asc
limit 200;
