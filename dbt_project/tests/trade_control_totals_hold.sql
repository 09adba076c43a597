-- US import lines that do not match the archives' own totals to the dollar.
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
