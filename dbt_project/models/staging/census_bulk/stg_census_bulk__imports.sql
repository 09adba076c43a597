-- One row per month, HTS10 line, origin, preference programme, districts and rate provision, with the units
-- from the concordance in the same archive. A line's quantities may be its weight, its content, or neither.
with source as (
    select * from {{ current_rows('census_bulk__imports') }}
),

units as (
    select
        period,
        code,
        unit_qy1,
        unit_qy2
    from {{ current_rows('census_bulk__concord') }}
    where flow = 'imports'
)

select
    source.period,
    source.hts10,
    source.cty_code as country_code,
    source.cty_subco as programme_claimed,
    source.dist_entry as entry_district,
    source.dist_unlad as unlading_district,
    source.rate_prov as rate_provision,
    source.consumption_value_usd,
    source.general_value_usd,
    source.dutiable_value_usd,
    source.calculated_duty_usd,
    source.consumption_charges_usd,
    {{ mass_columns(
        'source.consumption_quantity1', 'source.consumption_quantity2', 'units.unit_qy1', 'units.unit_qy2'
    ) }},
    source._archive_id,
    source._vintage as vintage
from source
left join units on source.period = units.period and source.hts10 = units.code
{{ mass_joins('census_bulk', 'units.unit_qy1', 'units.unit_qy2') }}
