-- US duty on its tariff lines, from its five largest suppliers and China, by the newest schedule held
with members as ( -- a group has the lines of its members
    select
        asked.mineral_id,
        held.mineral_id as member_id
    from (select unnest($minerals) as mineral_id) as asked
    inner join core.dim_mineral as held on asked.mineral_id in (held.mineral_id, held.group_id)
),

suppliers as (
    select
        members.mineral_id,
        supplier_iso3 as origin_iso3,
        sum(value_usd) as value_usd
    from marts.import_sources
    inner join members on import_sources.mineral_id = members.member_id
    where area = 'USA' and basis in ('customs_value', 'baci') and period_type = 'year' and year(period) >= 2023
    group by members.mineral_id, supplier_iso3
    qualify row_number() over (partition by members.mineral_id order by sum(value_usd) desc nulls last) <= 5
),

origins as ( -- China is asked about even where its sales are small, hidden in a basket code, or ended by a control
    select mineral_id, origin_iso3, max(value_usd) as value_usd
    from (
        from suppliers
        union all
        select distinct mineral_id, 'CHN' as origin_iso3, 0 as value_usd from members
    )
    group by mineral_id, origin_iso3
),

lines as (
    -- a line shared by two members of a group counts once
    select distinct
        members.mineral_id,
        schedule.* exclude (mineral_ids, member_id),
        coalesce(total_ad_valorem_pct, last_known_total_pct) as pct
    from (select *, unnest(split(mineral_ids, ';')) as member_id from marts.tariff_schedule where valid_to is null) as schedule
    inner join members using (member_id)
)

select
    origins.mineral_id,
    coalesce(any_value(countries.name), origins.origin_iso3) as origin,
    count(lines.hts8) as lines,
    case
        when round(min(pct), 1) = round(max(pct), 1) then printf('%.1f %%', min(pct))
        else printf('%.1f to %.1f %%', min(pct), max(pct))
    end as ad_valorem,
    count(lines.hts8) filter (pct is null) as lines_not_priced,
    max(lines.known_through) as known_through
from origins
inner join lines using (mineral_id, origin_iso3)
left join core.dim_country as countries on origins.origin_iso3 = countries.iso3
group by origins.mineral_id, origins.origin_iso3, origins.value_usd
order by origins.mineral_id, origins.value_usd desc;
