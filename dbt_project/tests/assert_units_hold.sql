-- What a member of the three states feeds figures: a statement a hundred times the one before it, or a
-- hundredth, is in another unit, kilograms read as tons or USD as thousands. Partners' statements of that
-- kind are set apart and warned of.
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
