{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'quarantine'}}}) }}
-- Every phrase on export controls and end uses, every party and every metal of the newest Summaries has been
-- judged: one that has not stands in meta.quarantine and in no figure.
select
    table_name,
    reason,
    row
from {{ ref('quarantine') }}
where reason in (
    'phrase_not_in_usgs_control_phrases',
    'application_not_in_end_use_map',
    'country_not_known',
    'mineral_not_known'
)
