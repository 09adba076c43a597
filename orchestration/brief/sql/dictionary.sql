-- Every published column with its table: marts first, then core, then meta.
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
