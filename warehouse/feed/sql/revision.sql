-- A publisher revised figures by more than a tenth, or percentages by more than ten points.
with moved as (
    select
        *,
        if(unit = '%', new_value - old_value, change_pct) as change,
        concat(
            if(table_name = 'core.fct_trade', 'trade ', ''),
            replace(regexp_replace(measure, '_(t|kg|usd|pct)$', ''), '_', ' ')
        ) as what,
        -- USGS prints no figure for a net exporter
        if(measure = 'net_import_reliance_pct' and least(old_value, new_value) < 0, ', computed', '') as how,
        case when unit = '%' then '%,.0f' when abs(old_value) < 1e6 then '%,.6g' else '%,.0f' end as old_form,
        case when unit = '%' then '%,.0f' when abs(new_value) < 1e6 then '%,.6g' else '%,.0f' end as new_form
    from marts.revisions
    where mineral_id is not null
)

select
    table_name,
    concat(mineral_id, '|', source_id) as key,
    vintage_to,
    vintage_to as day,
    concat(
        replace(mineral_id, '_', ' '), ': ', count(*), if(count(*) = 1, ' figure', ' figures'), ' of ',
        string_agg(distinct what, ', ' order by what), ' revised by more than ',
        concat_ws(' or ', if(bool_or(unit is distinct from '%'), '10 %', null), if(bool_or(unit = '%'), '10 points', null))
    ) as title,
    array_to_string(
        list_slice(
            list(
                concat(
                    replace(key, '|', ' '), ': ', printf(old_form, old_value), ' to ', printf(new_form, new_value), ' ',
                    coalesce(unit, ''), printf(' (%+,.0f ', change), if(unit = '%', 'points', '%'), how, ')'
                )
                order by abs(change) desc, key, measure
            ), 1, 5
        ), chr(10)
    ) as detail,
    arg_max(old_value, (abs(change), key, measure))::varchar as was,
    arg_max(new_value, (abs(change), key, measure))::varchar as became,
    source_id,
    'dependency' as anchor,
    concat('minerals query "from marts.revisions where mineral_id = ''', mineral_id, '''"') as command
from moved
where abs(change) > 10
group by table_name, mineral_id, source_id, vintage_to;
