-- Statements whose values or weights, at the median of at least ten lines, are a hundred times or a hundredth
-- of those of the previous period: they are in another unit. They stay in core.fct_trade as published, but no
-- unit value, weight or asymmetry uses them.
{%- set jump_at_least = 100 %}
{%- set lines_at_least = 10 %}

with members as (
    select distinct iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA'
),

lines as (
    select
        source_id,
        reporter_iso3,
        flow,
        period_type,
        period,
        hs_code,
        sum(value_usd) as value_usd,
        sum(net_weight_kg) as net_weight_kg
    from {{ ref('fct_trade') }}
    -- BACI uses one unit throughout, but an extract may hold more partners in one year than in the next
    where source_id != 'cepii_baci'
    group by source_id, reporter_iso3, flow, period_type, period, hs_code
),

moved as (
    select
        source_id,
        reporter_iso3,
        flow,
        period_type,
        period,
        value_usd / nullif(lag(value_usd) over of_line, 0) as value_usd,
        net_weight_kg / nullif(lag(net_weight_kg) over of_line, 0) as net_weight_kg
    from lines
    window of_line as (
        partition by source_id, reporter_iso3, flow, period_type, hs_code
        order by period
    )
),

ratios as (
    select
        source_id,
        reporter_iso3,
        flow,
        period_type,
        period,
        measure,
        median(ratio) as ratio_to_period_before,
        count(*)::integer as lines_compared
    from moved
    unpivot (ratio for measure in (value_usd, net_weight_kg))
    where ratio > 0
    group by source_id, reporter_iso3, flow, period_type, period, measure
    having count(*) >= {{ lines_at_least }}
),

followed as (
    select
        *,
        lag(ratio_to_period_before) over (
            partition by source_id, reporter_iso3, flow, period_type, measure
            order by period
        ) as ratio_before
    from ratios
)

select
    followed.source_id,
    followed.reporter_iso3,
    followed.flow,
    followed.period_type,
    followed.period,
    followed.measure,
    followed.ratio_to_period_before,
    followed.lines_compared,
    members.iso3 is not null as feeds_figures
from followed
left join members on followed.reporter_iso3 = members.iso3
where
    greatest(followed.ratio_to_period_before, 1 / followed.ratio_to_period_before) >= {{ jump_at_least }}
    -- back to the earlier level after one odd period
    and not coalesce(followed.ratio_to_period_before * followed.ratio_before between 0.1 and 10, false)
