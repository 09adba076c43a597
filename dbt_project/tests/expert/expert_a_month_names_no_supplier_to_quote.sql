-- The suppliers to quote are those of a year or more; the shares of a single month are accidental.
select
    area,
    mineral_id,
    stage,
    period,
    basis
from {{ ref('fct_quoted_table') }}
where is_recommended and period_type = 'month'
