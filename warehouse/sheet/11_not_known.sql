-- What is not known
with reasons as (
    select
        mineral_id,
        area,
        'imports by supplier' as figure,
        reason
    from meta.coverage
    union all
    select
        mineral_id,
        area,
        concat('net import reliance of the three: ', year),
        replace(not_netted_reason, '_', ' ')
    from marts.import_dependency
    where area = 'USMCA' and is_headline
    qualify row_number() over (partition by mineral_id order by year desc, edition desc) = 1
)

select
    reasons.mineral_id,
    areas.area_name as area,
    reasons.figure,
    reasons.reason
from reasons
inner join core.dim_area as areas using (area)
where reasons.mineral_id in (select unnest($minerals)) and reasons.reason is not null
order by reasons.mineral_id, reasons.figure, reasons.area, reasons.reason;
