{{ config(severity='warn', warn_if='> 40') }}
-- Lines of the newest release whose MFN rate remains text. A growing number shows that the parser no longer
-- covers the rates.
select
    hts8,
    mfn_rate_text
from {{ ref('fct_tariff') }}
where valid_to is null and mfn_parse_status in ('text', 'blank')
