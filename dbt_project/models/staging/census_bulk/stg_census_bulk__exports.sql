-- One row per month, domestic or foreign goods, Schedule B number, destination and district, with the units
-- from the concordance in the same archive.
with source as (
    select * from {{ current_rows('census_bulk__exports') }}
),

units as (
    select
        period,
        code,
        unit_qy1,
        unit_qy2
    from {{ current_rows('census_bulk__concord') }}
    where flow = 'exports'
)

select
    source.period,
    source.df = '2' as is_foreign,
    source.schedule_b,
    source.cty_code as country_code,
    source.district,
    source.value_usd,
    {{ mass_columns('source.quantity1', 'source.quantity2', 'units.unit_qy1', 'units.unit_qy2') }},
    source._archive_id,
    source._vintage as vintage
from source
left join units on source.period = units.period and source.schedule_b = units.code
{{ mass_joins('census_bulk', 'units.unit_qy1', 'units.unit_qy2') }}
