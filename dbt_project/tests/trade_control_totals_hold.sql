-- US import lines that the archives' own totals do not confirm to the dollar.
{{ config(severity='warn') }}

select
    mineral_id,
    year,
    computed,
    published,
    reason_code,
    note
from {{ ref('reconciliation_census_control') }}
where not passed
