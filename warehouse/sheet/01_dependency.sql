-- How much comes from outside
with asked as (
    select unnest($minerals) as mineral_id
),

newest as (
    select *
    from marts.import_dependency
    where mineral_id in (from asked) and is_headline and year <= coalesce($year, year)
    qualify row_number() over (
        partition by mineral_id, area
        -- for the three, the newest year in which their trade is held, otherwise the bounds from output
        order by
            net_import_reliance_pct is null and nir_low_pct is null,
            not_netted_reason is not null,
            year desc,
            edition desc,
            basis
    ) = 1
)

select
    asked.mineral_id,
    areas.area_name as area,
    case
        when newest.area is null then 'not held'
        when newest.nir_qualifier = 'E' then 'net exporter'
        when not newest.is_determined then 'not determined'
        -- points whose bounds exclude nothing are not quoted
        when
            newest.net_import_reliance_pct is not null
            and newest.nir_low_pct is not null
            and newest.nir_high_pct - newest.nir_low_pct <= 50
            then printf('%.0f %%', newest.net_import_reliance_pct)
        when round(newest.nir_low_pct) = round(newest.nir_high_pct) then printf('%.0f %%', newest.nir_low_pct)
        when newest.nir_low_pct < 0 then printf('net exporter to %.0f %%', newest.nir_high_pct)
        when newest.nir_low_pct is not null
            then printf('%.0f to %.0f %%', newest.nir_low_pct, newest.nir_high_pct)
        when newest.nir_high_pct < 100 then printf('at most %.0f %%', newest.nir_high_pct)
        else 'not known'
    end as net_import_reliance,
    reliance_as_printed(
        newest.published_nir_qualifier,
        newest.published_nir_pct,
        newest.published_nir_low_pct,
        newest.published_nir_high_pct
    ) as as_usgs_prints_it,
    newest.year,
    newest.stage,
    nullif(
        concat_ws(
            '; ',
            case when newest.coverage != 'complete' then replace(newest.coverage, '_', ' ') end,
            case when newest.area = 'USA' then newest.coverage_note end,
            case
                when newest.output_stage = 'ore_concentrate' and newest.stage not in ('ore_concentrate', 'all_forms')
                    then 'output is that of mines'
            end
        ), ''
    ) as coverage,
    newest.product as goods
from asked
cross join core.dim_area as areas
left join newest on asked.mineral_id = newest.mineral_id and areas.area = newest.area
order by asked.mineral_id, list_position(['USA', 'CAN', 'MEX', 'USMCA'], areas.area);
