{{ config(severity='warn') }}
-- Releases of the tariff schedule that are held without a date. Their rates are not used until a list with
-- their date arrives (releaseList.json, or a dropped-in revision_dates.csv).
select distinct lines.hts_release
from {{ ref('stg_usitc_hts__line') }} as lines
anti join {{ ref('stg_usitc_hts__release') }} as releases on lines.hts_release = releases.hts_release
