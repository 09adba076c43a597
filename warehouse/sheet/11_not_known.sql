-- What is not known
select
    areas.area_name as area,
    'imports by supplier' as figure,
    coverage.reason
from meta.coverage as coverage
inner join core.dim_area as areas using (area)
where coverage.mineral_id = $mineral and coverage.reason is not null
union all
select
    area_name,
    concat('net import reliance of the three: ', year),
    replace(not_netted_reason, '_', ' ')
from (
    from marts.import_dependency
    where mineral_id = $mineral and area = 'USMCA' and is_headline
    order by year desc, edition desc
    limit 1
)
where not_netted_reason is not null;
