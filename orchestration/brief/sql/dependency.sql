-- Net import reliance of each area on the headline basis of the mineral, in the newest edition and year.
with listed as (
    select distinct unnest([mineral_id, group_id]) as mineral_id
    from core.dim_mineral
    where on_us_2025
),

newest as (
    select
        *,
        area = 'USMCA' and coalesce(top_supplier_iso3 in ('USA', 'CAN', 'MEX'), false) as is_of_members
    from marts.import_dependency
    where
        is_headline
        -- a member of a group is counted through the group if the USA has no figure for the member
        and mineral_id not in (
            select mineral_id
            from core.dim_mineral
            where group_id is not null and mineral_id not in (
                select mineral_id from marts.import_dependency where area = 'USA' and is_headline
            )
        )
    qualify row_number() over (partition by area, mineral_id order by edition desc, not_netted_reason is null desc, year desc) = 1
)

select
    minerals.name as mineral,
    newest.area,
    newest.year,
    newest.basis,
    round(newest.net_import_reliance_pct, 1) as reliance_pct,
    round(newest.nir_low_pct, 1) as low_pct,
    round(newest.nir_high_pct, 1) as high_pct,
    -- null if the bounds lie on both sides of 50 percent
    case
        when newest.nir_low_pct > 50 or (newest.nir_low_pct = 50 and newest.nir_qualifier = '>') then true
        when newest.nir_high_pct <= 50 then false
    end as is_over_half,
    (select count(*) from core.dim_mineral where on_us_2025) as minerals_on_list,
    round(coalesce(newest.bloc_net_dependency_low_pct, newest.us_dependency_on_outside_low_pct), 1) as outside_low_pct,
    round(coalesce(newest.bloc_net_dependency_high_pct, newest.us_dependency_on_outside_high_pct), 1) as outside_high_pct,
    -- sales by a member to the three as one are not imports from outside
    case when not is_of_members then supplier.name end as top_supplier,
    case when not is_of_members then round(newest.top_supplier_share_pct, 1) end as top_supplier_share_pct,
    newest.coverage
from newest
inner join listed using (mineral_id)
inner join core.dim_mineral as minerals using (mineral_id)
left join core.dim_country as supplier on newest.top_supplier_iso3 = supplier.iso3
-- bounds from 0 to 100 carry no information
where
    newest.net_import_reliance_pct is not null
    or newest.nir_low_pct > 0
    or newest.nir_high_pct < 100
order by
    max(coalesce(newest.net_import_reliance_pct, newest.nir_low_pct, -101)) filter (where newest.area = 'USA')
        over (partition by minerals.name) desc nulls last,
    mineral,
    list_position(['USA', 'CAN', 'MEX', 'USMCA'], newest.area)
