{{ config(severity='warn') }}
-- A release of the tariff schedule that is held and that no list dates: its rates are not used until a list
-- that has its date (releaseList.json, or revision_dates.csv dropped in) is there.
select distinct lines.hts_release
from {{ ref('stg_usitc_hts__line') }} as lines
anti join {{ ref('stg_usitc_hts__release') }} as releases on lines.hts_release = releases.hts_release
