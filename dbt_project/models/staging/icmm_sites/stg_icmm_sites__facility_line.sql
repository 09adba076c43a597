-- Sites in the USA and Mexico. Canada's own list has more detail on its sites, so the global list is used for
-- the other two.
select
    {{ facility_line({
        'facility_id': "'icmm_sites:' || site_id",
        'source_id': "'icmm_sites'",
        'name': 'name',
        'country_iso3': "if(country = 'Mexico', 'MEX', 'USA')",
        'latitude': 'latitude',
        'longitude': 'longitude',
        'stage': "case when asset_type = 'Mine' then 'mine' when contains(asset_type, 'Mine') then 'mine_and_processing'"
            ~ " else 'processing' end",
        'phase': "'not_stated'",
        'development_stage': "'Confidence: ' || lower(confidence)",
        'commodities': 'commodities',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_icmm_sites__site') }}
where country in ('United States', 'Mexico')
