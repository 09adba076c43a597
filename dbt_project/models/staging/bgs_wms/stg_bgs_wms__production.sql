-- One row per commodity, form, country, unit and year: a country's production, with the publisher's names.
select
    commodity,
    coalesce(sub_commodity, '') as sub_commodity,
    country,
    country_iso3 as published_iso3,
    year,
    quantity,
    qualifier,
    lower(unit) as unit,
    is_estimated,
    _archive_id,
    _vintage as vintage
from
    {{ current_rows(
        'bgs_wms__production', cells=['commodity', 'sub_commodity', 'statistic', 'country', 'unit', 'year']
    ) }}
where statistic = 'Production'
