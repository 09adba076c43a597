-- Minerals with a sheet: those on a list of critical minerals that have figures on trade or reliance.
select
    minerals.mineral_id,
    coalesce(any_value(names.mineral_name) filter (names.lang = 'en'), any_value(minerals.name)) as en,
    coalesce(any_value(names.mineral_name) filter (names.lang = 'es'), any_value(minerals.name)) as es,
    coalesce(any_value(names.mineral_name) filter (names.lang = 'fr'), any_value(minerals.name)) as fr
from core.dim_mineral as minerals
left join core.dim_mineral_name as names on minerals.mineral_id = names.mineral_id and names.is_label
where
    minerals.mineral_id in (select lists.mineral_id from core.dim_mineral_list as lists)
    and (
        minerals.mineral_id in (select held.mineral_id from marts.import_dependency as held)
        or minerals.mineral_id in (select traded.mineral_id from marts.import_sources as traded)
    )
group by minerals.mineral_id
order by minerals.mineral_id;
