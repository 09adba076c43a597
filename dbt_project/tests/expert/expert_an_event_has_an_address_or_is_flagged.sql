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
    or (source_url is null) is distinct from (source_url_basis is null)
    or not regexp_matches(source_url, '^https?://[^ ]+\.')
    or source_url_basis = 'scheme'
    and not regexp_matches(
        source_url,
        '^https://www\.(federalregister\.gov/(d/\d{4}-\d{5}|citation/\d{2}-FR-\d+)$'
        || '|govinfo\.gov/link/|congress\.gov/\d+/plaws/|supremecourt\.gov/docket/)'
    )
