-- One row per edition, agreement and party, as Table 5 prints them.
select
    edition,
    title,
    signed_text,
    party,
    signed,
    signed_precision,
    other_signed_text,
    dates_agree,
    focus_area,
    source_url,
    _archive_id,
    _vintage as vintage
from {{ current_rows('usgs_mcs__agreements', cells=['edition']) }}
