-- A publisher revised figures by more than a tenth.
with large as (
    select *
    from marts.revisions
    where abs(change_pct) > 10 and mineral_id is not null
)

select
    table_name,
    concat(mineral_id, '|', source_id) as key,
    vintage_to,
    vintage_to as day,
    concat(
        replace(mineral_id, '_', ' '), ': ', count(*), if(count(*) = 1, ' figure', ' figures'), ' of ',
        replace(split_part(table_name, '.fct_', 2), '_', ' '), ' revised by more than 10 %'
    ) as title,
    array_to_string(
        list_slice(
            list(
                concat(
                    replace(key, '|', ' '), ': ', printf('%,.6g', old_value), ' to ', printf('%,.6g', new_value), ' ',
                    coalesce(unit, ''), printf(' (%+.0f %%)', change_pct)
                )
                order by abs(change_pct) desc, key, measure
            ), 1, 5
        ), chr(10)
    ) as detail,
    arg_max(old_value, (abs(change_pct), key, measure))::varchar as was,
    arg_max(new_value, (abs(change_pct), key, measure))::varchar as became,
    source_id,
    'dependency' as anchor,
    concat('minerals query "from marts.revisions where mineral_id = ''', mineral_id, '''"') as command
from large
group by table_name, mineral_id, source_id, vintage_to;
