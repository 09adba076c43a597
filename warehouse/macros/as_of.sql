-- Every figure as it was known on a day: the last vintage published by then, from production to prices. Only one vintage is
-- kept for each old month and year; `dropped_at` in the manifest of the archive marks those that were deleted.
-- Example: from as_of(date '2025-06-30') where mineral_id = 'cobalt';
create macro main.as_of(day) as table
select *
from core.fct_vintage
where vintage <= day
qualify row_number() over (partition by table_name, key order by vintage desc) = 1
order by table_name, key;

comment on macro table main.as_of is
'Figures as known on a day, each from the last vintage by then. Example: from as_of(date ''2025-06-30'')';
