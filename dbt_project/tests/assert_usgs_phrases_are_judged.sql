{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'quarantine'}}}) }}
-- Every phrase on export controls and end uses, every party and metal of the newest Summaries, every form of
-- the Outlook and every commodity in a list of projects needs a mapping in a seed. Without one it is listed
-- in meta.quarantine and enters no figure.
select
    table_name,
    reason,
    row
from {{ ref('quarantine') }}
where reason in (
    'phrase_not_in_usgs_control_phrases',
    'application_not_in_end_use_map',
    'form_not_in_outlook_forms',
    'phrase_not_in_commodity_phrases',
    'unit_not_known',
    'country_not_known',
    'mineral_not_known'
)
