-- Imports of less than USD 1 million a year have no level of concentration, since it would be accidental.
select
    area,
    mineral_id,
    stage,
    period,
    value_usd,
    level
from {{ ref('supplier_concentration') }}
where level is not null and value_usd < 1000000 / case period_type when 'month' then 12 else 1 end
