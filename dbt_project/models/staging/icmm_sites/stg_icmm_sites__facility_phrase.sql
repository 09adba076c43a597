-- Commodities of each site in the USA or Mexico, with their rank.
select
    {{ facility_phrase({
        'facility_id': "'icmm_sites:' || site_id",
        'phrase': 'phrase',
        'commodity_rank': 'commodity_rank',
        'edition': 'vintage::string',
        'subject': 'country',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_icmm_sites__commodity') }}
where country in ('United States', 'Mexico')
