-- Projects, mines and plants in Canada, with stage and phase from the layer that lists them.
select
    {{ facility_line({
        'facility_id': "'nrcan_projects:' || lower(replace(name, ' ', '_')) || ':' || lower(replace(subdivision, ' ', '_'))",
        'source_id': "'nrcan_projects'",
        'name': 'name',
        'country_iso3': "'CAN'",
        'subdivision': 'subdivision',
        'latitude': 'latitude',
        'longitude': 'longitude',
        'operator': 'operator',
        'stage': "if(layer in ('processing_project', 'plant'), 'processing', 'mine')",
        'phase': "if(layer in ('advanced_project', 'processing_project'), 'advanced', 'operating')",
        'is_on_hold': "activity_status != 'Active'",
        'development_stage': 'development_stage',
        'commodities': 'commodities',
        'url': 'url',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_nrcan_projects__facility') }}
