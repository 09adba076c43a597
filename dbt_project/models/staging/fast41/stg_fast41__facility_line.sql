-- Mining projects of the USA under federal review, with the phase of their permits.
select
    {{ facility_line({
        'facility_id': "'fast41:' || project_id",
        'source_id': "'fast41'",
        'name': 'name',
        'country_iso3': "'USA'",
        'subdivision': 'state',
        'latitude': 'latitude',
        'longitude': 'longitude',
        'operator': 'sponsor',
        'stage': "case"
            ~ " when " ~ has_words("name || ' ' || coalesce(sector_type, '')", "'refinery'") ~ " then 'processing'"
            ~ " when " ~ has_words("name || ' ' || coalesce(sector_type, '')", "'smelter'") ~ " then 'processing'"
            ~ " when " ~ has_words("name || ' ' || coalesce(sector_type, '')", "'processing'") ~ " then 'processing'"
            ~ " else 'mine' end",
        'phase': "case status when 'Complete' then 'permitted' when 'Cancelled' then 'closed' else 'permitting' end",
        'is_on_hold': "status = 'Paused'",
        'development_stage': 'status',
        'url': 'url',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_fast41__project') }}
