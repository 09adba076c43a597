-- A statement by one of the three that is a hundred times the previous one, or a hundredth, is in another
-- unit, such as kilograms read as tons or USD as thousands. These statements enter figures. Such statements
-- by partners are excluded and give a warning.
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
