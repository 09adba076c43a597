-- Records of research, by the search that found them; a file covers one search in full.
select
    search_term,
    osti_id,
    title,
    product_type,
    published_on,
    research_org,
    sponsor_org,
    doi,
    _archive_id,
    _vintage as vintage
from {{ current_rows('osti_rd__record') }}
