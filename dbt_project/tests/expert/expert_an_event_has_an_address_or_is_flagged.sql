-- Each event has an address with its kind and basis, or is flagged as without one. An address that follows
-- from a citation has the form that its publisher documents.
select
    event_id,
    source_url,
    source_url_kind,
    source_url_basis,
    quality_flag
from {{ ref('policy_calendar') }}
where
    (source_url is null) is distinct from (quality_flag = 'cited_by_instrument')
    or (source_url is null) is distinct from (source_url_kind is null)
    or (source_url is null) is distinct from (source_url_basis = 'not_found')
    or regexp_extract(source_url, '^https?://[^ ]+[.]', 0) = ''
    or source_url_basis = 'scheme'
    and regexp_extract(
        source_url,
        '^https://www[.](federalregister[.]gov/(d/[0-9]{4}-[0-9]{5}|citation/[0-9]{2}-FR-[0-9]+)$'
        || '|govinfo[.]gov/link/|congress[.]gov/[0-9]+/plaws/|supremecourt[.]gov/docket/)',
        0
    ) = ''
