-- Public money for critical minerals, one row per announcement. Commitments (approved, obligated, or listed
-- by the government without a status) and letters of interest have separate columns and are never added.
-- Parts of another announcement are in neither.
select
    support_id,
    funder,
    programme,
    recipient,
    project,
    country_iso3,
    mineral_ids,
    stage,
    instrument,
    status,
    status in ('approved', 'obligated') as is_binding,
    amount,
    currency,
    is_ceiling,
    event_id,
    decided_on,
    year(stated_on)::smallint as stated_year,
    stated_on,
    amount_usd,
    usd_basis,
    case
        when status in ('approved', 'obligated', 'status_not_stated') and part_of is null then amount
    end as committed_amount,
    case when status = 'letter_of_interest' and part_of is null then amount end as letter_amount,
    part_of,
    match_method,
    stated_in,
    source_url,
    source_id as source_ids,
    archive_id as archive_ids
from {{ ref('fct_public_support') }}
