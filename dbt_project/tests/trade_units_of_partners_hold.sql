{{ config(severity='warn') }}
-- Statements of partners in a different unit than in the previous period. They are excluded from weights and
-- asymmetries.
select
    source_id,
    reporter_iso3,
    flow,
    period_type,
    period,
    measure,
    ratio_to_period_before,
    lines_compared
from {{ ref('fct_trade_unit_jump') }}
where not feeds_figures
