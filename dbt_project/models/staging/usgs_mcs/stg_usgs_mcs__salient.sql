-- One row per edition, commodity, statistic and year: a figure of US supply as USGS printed it, with
-- misprints corrected.
select
    edition,
    commodity,
    kind,
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
        'usgs_mcs__salient', ['edition', 'commodity', 'statistic', 'year'], ['edition', 'commodity']
    ) }}
