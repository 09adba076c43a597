{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'quarantine'}}}) }}
-- Every phrase on export controls and end uses, every party and metal of the newest Summaries, every form of
-- the Outlook and every commodity in a list of projects must be mapped in a seed, and every project in the
-- permit process needs a mineral. Unmapped ones are listed in meta.quarantine and not used in any figure.
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
    'project_names_no_mineral',
    'unit_not_known',
    'country_not_known',
    'mineral_not_known'
)
