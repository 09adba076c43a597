-- Commodities of each project, mine or plant in Canada, by facility.
select
    {{ facility_phrase({
        'facility_id': "'nrcan_projects:' || lower(replace(name, ' ', '_')) || ':' || lower(replace(subdivision, ' ', '_'))",
        'phrase': 'phrase',
        'commodity_rank': "'stated'",
        'edition': 'layer',
        'subject': "name || ', ' || subdivision",
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_nrcan_projects__commodity') }}
