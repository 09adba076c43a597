{{ config(meta={'dagster': {'ref': {'name': 'stg_usgs_mcs__salient'}}}) }}
-- A correction whose cell reads otherwise by now has done its work and should go.
select
    corrections.edition,
    corrections.commodity,
    corrections.statistic,
    corrections.year
from {{ ref('usgs_corrections') }} as corrections
left join {{ ref('stg_usgs_mcs__salient') }} as salient
    on
        corrections.edition = salient.edition
        and corrections.commodity = salient.commodity
        and corrections.statistic = salient.statistic
        and corrections.year = salient.year
        and salient.is_corrected
where
    salient.edition is null
    and corrections.edition in (select known.edition from {{ ref('stg_usgs_mcs__salient') }} as known)
