-- Which figures have been revised by more than a tenth, from what to what?
-- `key` identifies the figure: source, mineral, stage or basis, country and year, as in its table.
select
    table_name,
    key,
    mineral_id,
    period,
    measure,
    unit,
    edition_from,
    edition_to,
    vintage_from,
    vintage_to,
    old_value,
    new_value,
    change_pct,
    change_kind,
    source_id
from marts.revisions
where abs(change_pct) > 10
order by abs(change_pct) desc, table_name asc, key asc, vintage_to asc
limit 200;
