-- US duty on its tariff lines, from its largest suppliers, by the newest schedule held
with members as (  -- a group has its members' lines
    select mineral_id
    from core.dim_mineral
    where mineral_id = $mineral or group_id = $mineral
),

origins as (
    select
        supplier_iso3 as origin_iso3,
        sum(value_usd) as value_usd
    from marts.import_sources
    where mineral_id in (from members) and area = 'USA' and basis in ('customs_value', 'baci') and year(period) >= 2023
    group by supplier_iso3
    order by value_usd desc nulls last
    limit 5
),

lines as (
    select
        schedule.*,
        coalesce(total_ad_valorem_pct, last_known_total_pct) as pct
    from marts.tariff_schedule as schedule
    where
        valid_to is null
        and exists (from members where list_contains(split(schedule.mineral_ids, ';'), members.mineral_id))
)

select
    coalesce(any_value(countries.name), origins.origin_iso3) as origin,
    count(lines.hts8) as lines,
    case
        when round(min(pct), 1) = round(max(pct), 1) then printf('%.1f %%', min(pct))
        else printf('%.1f to %.1f %%', min(pct), max(pct))
    end as ad_valorem,
    count(lines.hts8) filter (pct is null) as lines_not_priced,
    max(lines.known_through) as known_through
from origins
inner join lines using (origin_iso3)
left join core.dim_country as countries on origins.origin_iso3 = countries.iso3
group by origins.origin_iso3, origins.value_usd
order by origins.value_usd desc;
