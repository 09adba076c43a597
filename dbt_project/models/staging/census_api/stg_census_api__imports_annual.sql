-- One row per year, Schedule C country and HTS10 line: US imports by customs value.
with source as (
    select *
    from
        {{ current_rows(
            'census_api__imports_annual', covers=['_partition'], cells=['year', 'cty_code', 'hts10']
        ) }}
)

select
    year,
    make_date(year, 1, 1) as period,
    cty_code as country_code,
    hts10,
    general_value_usd,
    consumption_value_usd,
    dutiable_value_usd,
    calculated_duty_usd,
    _archive_id,
    _vintage as vintage
from source
