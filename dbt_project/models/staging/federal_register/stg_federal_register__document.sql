-- One row per document of the Federal Register that a search of this source found. Each document appears
-- once.
with source as (
    select * from {{ current_rows('federal_register__document', cells=['document_number']) }}
)

select
    document_number,
    publication_date,
    title,
    type as document_type,
    subtype,
    effective_on,
    citation,
    agencies,
    html_url,
    terms,
    _archive_id,
    _vintage as vintage
from source
qualify
    row_number() over (
        partition by document_number order by publication_date desc, _vintage desc, _archive_id asc
    ) = 1
