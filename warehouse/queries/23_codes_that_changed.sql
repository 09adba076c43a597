-- Which tariff codes of a mineral began or ended, and when?
select
    mineral_id,
    stage,
    hs_code,
    nomenclature,
    valid_from,
    valid_to,
    specificity,
    note
from (
    select
        *,
        min(valid_from) over () as first_day
    from core.dim_product
) as products
where valid_to is not null or valid_from > first_day
order by mineral_id, stage, hs_code, valid_from;
