-- One row per country, indicator and year. The publisher uses some codes that ISO 3166 has withdrawn or never
-- had.
with source as (
    select * from {{ current_rows('worldbank_wgi__indicator', cells=['indicator']) }}
)

select
    case iso3
        when 'ADO' then 'AND'
        when 'KSV' then 'XKX'
        when 'ROM' then 'ROU'
        when 'TMP' then 'TLS'
        when 'WBG' then 'PSE'
        when 'ZAR' then 'COD'
        else iso3
    end as iso3,
    indicator,
    year,
    estimate,
    _archive_id,
    _vintage as vintage
from source
