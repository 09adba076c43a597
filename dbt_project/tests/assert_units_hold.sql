-- Statements by one of the three that are a hundred times the previous one, or a hundredth. Their unit is
-- wrong, such as kilograms read as tons or USD as thousands, and they are used in figures. Such statements by
-- partners are excluded and only give a warning.
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
where feeds_figures
