-- One row per release and tariff number. The publisher serves only the current release. Older releases are
-- kept as they were loaded.
with source as (
    select * from {{ current_rows('usitc_hts__line', cells=['release']) }}
)

select
    release as hts_release,
    hts_code,
    description,
    units,
    general_text,
    special_text,
    other_text,
    chapter99_codes,
    general_ad_valorem_pct,
    general_specific_usd_per_kg,
    general_parse_status::string as general_parse_status,
    other_ad_valorem_pct,
    other_specific_usd_per_kg,
    other_parse_status::string as other_parse_status,
    special_programs,
    _archive_id,
    _vintage as vintage
from source
