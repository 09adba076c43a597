-- Output of Mexico by product and year, in tons. Months add up to a year only if all twelve are held; fewer
-- give a lower bound.
with months as (
    select
        production.*,
        {{ as_decimal('production.volume * units.base_per_unit', 30, 6) }} as volume_t
    from {{ ref('stg_inegi_eimm__production') }} as production
    inner join {{ ref('units') }} as units on production.unit = units.unit and units.base_unit = 't'
)

select
    {{ production_line({
        'source_id': "'inegi_eimm'",
        'product': 'product',
        'country_iso3': "'MEX'",
        'year': 'year(period)::smallint',
        'unit': "'tons'",
        'quantity': 'case when count(volume_t) = 12 then sum(volume_t)::double end',
        'quantity_low': 'sum(volume_t)::double',
        'quantity_high': 'case when count(volume_t) = 12 then sum(volume_t)::double end',
        'qualifier': "case when count(volume_t) = 12 then '=' when count(volume_t) > 0 then '>' else 'NA' end",
        'is_estimated': "bool_or(status != 'final')",
        'vintage': 'max(vintage)',
        'archive_id': 'min(_archive_id)',
    }) }}
from months
group by product, year(period)
