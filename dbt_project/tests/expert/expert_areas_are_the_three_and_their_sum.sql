-- Every area is one of the three or the three as one. NAM is Namibia and not North America.
select
    'import_sources' as table_name,
    area
from {{ ref('import_sources') }}
where area not in ('USA', 'CAN', 'MEX', 'USMCA')
union all
select
    'import_dependency' as table_name,
    area
from {{ ref('import_dependency') }}
where area not in ('USA', 'CAN', 'MEX', 'USMCA')
