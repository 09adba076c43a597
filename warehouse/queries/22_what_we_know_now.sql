-- Which figures have been revised by more than a tenth, from what to what?
select
    table_name,
    mineral_id,
    period,
    measure,
    unit,
    vintage_from,
    vintage_to,
    old_value,
    new_value,
    change_pct,
    change_kind
from marts.revisions
where abs(change_pct) > 10
order by abs(change_pct) desc, table_name asc, key asc, vintage_to asc
limit 200;
