{{ config(severity='warn') }}
-- These minerals must be fully netted for North America in at least three years, and each row must state its
-- method.
with pooled as (
    select
        mineral_id,
        count(distinct year) filter (where nir_qualifier in ('=', 'E', '>', '<')) as years
    from {{ ref('import_dependency') }}
    where area = 'USMCA' and coverage like 'full_netting%'
    group by mineral_id
)

select expected.mineral_id
from {{ ref('dim_mineral') }} as expected
left join pooled on expected.mineral_id = pooled.mineral_id
-- BACI ends with 2024, so graphite has only two years with both trade and output
where
    expected.mineral_id in ('cobalt', 'nickel', 'lithium', 'rare_earths', 'graphite_natural')
    and coalesce(pooled.years, 0) < case when expected.mineral_id = 'graphite_natural' then 2 else 3 end
