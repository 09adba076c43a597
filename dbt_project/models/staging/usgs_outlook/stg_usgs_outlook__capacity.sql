-- Output and capacity as printed in the World Minerals Outlook. A newer file replaces a commodity of the same
-- release in full.
select
    outlook_to,
    commodity,
    form,
    region,
    measure,
    plants,
    data_year as year,
    unit,
    value_text,
    value,
    qualifier,
    value_low,
    value_high,
    is_estimated,
    is_outlook,
    excludes_usa,
    data_source,
    _archive_id,
    _partition,
    _vintage,
    _mode
from {{ current_rows('usgs_outlook__capacity', cells=['outlook_to', 'commodity']) }}
