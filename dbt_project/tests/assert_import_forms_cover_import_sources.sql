{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'stg_usgs_mcs__import_sources'}}}) }}
-- Every form under which import sources are listed needs a mineral, and every country needs a code or a
-- reason for having none. Otherwise the row is missing from the suppliers.
select distinct
    sources.edition,
    sources.commodity,
    sources.form,
    case when forms.commodity is null then 'form not known' else 'country not known: ' || sources.country end
        as fault
from {{ ref('stg_usgs_mcs__import_sources') }} as sources
left join {{ ref('usgs_import_forms') }} as forms
    on sources.commodity = forms.commodity and sources.form = forms.form
left join {{ ref('dim_country_code') }} as codes
    on sources.country = codes.code and codes.source_id = 'usgs_mcs'
where forms.commodity is null or codes.code is null
