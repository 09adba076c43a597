-- One row per edition, commodity, country, measure, statistic and year: output, capacity or reserves.
select
    edition,
    commodity,
    country,
    is_total,
    is_other,
    measure,
    statistic,
    unit,
    year,
    value_text,
    value,
    qualifier,
    value_low,
    value_high,
    is_estimated,
    is_corrected,
    _archive_id,
    _vintage as vintage
from
    {{ corrected_rows(
        'usgs_mcs__world',
        ['edition', 'commodity', 'country', 'measure', 'statistic', 'year'],
        ['edition', 'commodity']
    ) }}
