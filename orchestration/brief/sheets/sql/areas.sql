-- Dependencies of an area, one row per mineral: reliance, largest supplier, China's share, rank in the
-- scorecard in the newest year with a rank.
with reliance as (
    select *
    from marts.import_dependency
    where is_headline
    qualify row_number() over (
        partition by area, mineral_id
        order by net_import_reliance_pct is null and nir_low_pct is null, year desc, edition desc, basis
    ) = 1
),

suppliers as (
    select
        area,
        mineral_id,
        arg_max(supplier_iso3, (coalesce(quantity_share, value_share), supplier_iso3))
        filter (coalesce(quantity_share, value_share) is not null) as largest,
        max(coalesce(quantity_share, value_share)) as largest_share,
        coalesce(sum(coalesce(quantity_share, value_share)) filter (policy_iso3 = 'CHN'), 0) as china_share,
        any_value(if(
            period_type = 'year', year(period)::varchar, concat(year(period), '-', year(period) + 3)
        )) as supplier_years
    from marts.import_sources
    where is_recommended and supplier_iso3 != 'ZZZ'
    group by area, mineral_id
),

ranked as (
    select *
    from marts.vulnerability_scorecard
    qualify row_number() over (partition by area, mineral_id order by rank is null, year desc) = 1
)

select
    areas.area,
    minerals.mineral_id,
    reliance.year,
    case
        when reliance.nir_qualifier = 'E' then 'net exporter'
        when reliance.net_import_reliance_pct is not null then printf('%.0f %%', reliance.net_import_reliance_pct)
        when not reliance.is_determined then 'not determined'
        when round(reliance.nir_low_pct) = round(reliance.nir_high_pct) then printf('%.0f %%', reliance.nir_low_pct)
        when reliance.nir_low_pct < 0 then printf('net exporter to %.0f %%', reliance.nir_high_pct)
        when reliance.nir_low_pct is not null then printf('%.0f to %.0f %%', reliance.nir_low_pct, reliance.nir_high_pct)
        when reliance.nir_high_pct < 100 then printf('at most %.0f %%', reliance.nir_high_pct)
    end as net_import_reliance,
    suppliers.largest || printf(' %.0f %%', 100 * suppliers.largest_share) as largest_supplier,
    printf('%.0f %%', 100 * suppliers.china_share) as china,
    suppliers.supplier_years,
    ranked.rank
from core.dim_area as areas
cross join core.dim_mineral as minerals
left join reliance on areas.area = reliance.area and minerals.mineral_id = reliance.mineral_id
left join suppliers on areas.area = suppliers.area and minerals.mineral_id = suppliers.mineral_id
left join ranked on areas.area = ranked.area and minerals.mineral_id = ranked.mineral_id
where
    minerals.mineral_id in (select lists.mineral_id from core.dim_mineral_list as lists)
    and coalesce(reliance.area, suppliers.area) is not null
order by areas.area, ranked.rank nulls last, minerals.mineral_id;
