-- How dependent is the USA alone, and how much of that do Canada and Mexico close, in percentage points?
-- Of the minerals on the US list of 2025, with the groups that hold them.
with listed as (
    select distinct unnest([mineral_id, group_id]) as mineral_id
    from core.dim_mineral
    where on_us_2025
)

select
    mineral_id,
    basis,
    year,
    edition,
    net_import_reliance_pct as usa_alone_pct,
    nir_low_pct as usa_low_pct,
    nir_high_pct as usa_high_pct,
    us_dependency_on_outside_pct as on_the_rest_of_the_world_pct,
    net_import_reliance_pct - us_dependency_on_outside_pct as closed_pp,
    coverage
from marts.import_dependency
where
    area = 'USA'
    and mineral_id in (select listed.mineral_id from listed)
    and is_headline
    and net_import_reliance_pct > 0
    and us_dependency_on_outside_pct is not null
qualify row_number() over (partition by mineral_id order by year desc, edition desc, basis asc) = 1
order by closed_pp desc nulls last, mineral_id asc;
