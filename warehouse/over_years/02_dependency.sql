-- How much comes from outside, by year
with newest as (
    select *
    from marts.import_dependency
    where
        mineral_id in (select unnest($minerals))
        and is_headline
        and coalesce(net_import_reliance_pct, nir_low_pct, nir_high_pct) is not null
    qualify row_number() over (partition by mineral_id, area, year order by edition desc, basis asc) = 1
)

select
    newest.mineral_id,
    newest.year,
    areas.area_name as area,
    newest.stage,
    newest.net_import_reliance_pct,
    -- bounds from 0 to 100 percent say nothing
    case when newest.is_determined then newest.nir_low_pct end as nir_low_pct,
    case when newest.is_determined then newest.nir_high_pct end as nir_high_pct,
    if(newest.is_determined, null, 'not determined') as remark,
    reliance_as_printed(
        newest.published_nir_qualifier,
        newest.published_nir_pct,
        newest.published_nir_low_pct,
        newest.published_nir_high_pct
    ) as as_usgs_prints_it,
    newest.edition,
    newest.coverage
from newest
inner join core.dim_area as areas on newest.area = areas.area
order by newest.mineral_id, list_position(['USA', 'CAN', 'MEX', 'USMCA'], newest.area), newest.year;
