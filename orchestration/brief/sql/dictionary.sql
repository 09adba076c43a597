-- Every published column with its table: answers first, then facts, then what the file says of itself.
select
    concat(columns.schema_name, '.', columns.table_name) as table_name,
    tables.description as about,
    columns.column_name,
    columns.data_type,
    columns.unit,
    columns.description
from meta.column_dictionary as columns
left join meta.table_dictionary as tables using (schema_name, table_name)
order by
    list_position(['marts', 'core', 'meta'], columns.schema_name), columns.table_name, columns.position
