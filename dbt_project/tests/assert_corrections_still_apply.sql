{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'stg_usgs_mcs__salient'}}}) }}
-- Corrections whose cell no longer has the value that they correct. Such a correction has no effect and
-- should be removed.
with cells as (
    select
        'usgs_mcs__salient' as table_name,
        edition,
        concat_ws('|', edition, commodity, statistic, year) as row_key,
        value_text
    from {{ source('raw', 'usgs_mcs__salient') }}
    union all
    select
        'usgs_mcs__world' as table_name,
        edition,
        concat_ws('|', edition, commodity, country, measure, statistic, year) as row_key,
        value_text
    from {{ source('raw', 'usgs_mcs__world') }}
),

editions as (
    select distinct
        table_name,
        edition
    from cells
)

select
    corrections.table_name,
    corrections.row_key,
    corrections.reported,
    cells.value_text as reads_now
from {{ ref('corrections') }} as corrections
-- cells of editions that are not held cannot be checked
semi join editions
    on
        corrections.table_name = editions.table_name
        and split_part(corrections.row_key, '|', 1) = editions.edition
left join cells on corrections.table_name = cells.table_name and corrections.row_key = cells.row_key
where cells.value_text is distinct from corrections.reported
