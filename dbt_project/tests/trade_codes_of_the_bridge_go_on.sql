-- Codes that a reporter stated in each of the three periods before its newest, but not in the newest. A new
-- edition of the tariff may have split or deleted a code, so that its trade appears under codes missing from
-- the bridge.
{{ config(severity='warn') }}

with periods as (
    select distinct
        source_id,
        reporter_iso3,
        flow,
        period_type,
        period,
        dense_rank() over (
            partition by source_id, reporter_iso3, flow, period_type order by period desc
        ) as age
    from {{ ref('fct_trade_statement') }}
    where is_whole
),

codes as (
    select
        trade.source_id,
        trade.reporter_iso3,
        trade.flow,
        trade.period_type,
        left(trade.hs_code, 6) as hs6,
        count(distinct periods.age) filter (where periods.age between 2 and 4) as periods_before,
        bool_or(periods.age = 1) as is_stated,
        sum(trade.value_usd) filter (where periods.age = 2) as value_before_usd
    from {{ ref('fct_trade') }} as trade
    inner join periods
        on
            trade.source_id = periods.source_id
            and trade.reporter_iso3 = periods.reporter_iso3
            and trade.flow = periods.flow
            and trade.period_type = periods.period_type
            and trade.period = periods.period
    where periods.age <= 4
    group by trade.source_id, trade.reporter_iso3, trade.flow, trade.period_type, left(trade.hs_code, 6)
)

select
    source_id,
    reporter_iso3,
    flow,
    period_type,
    hs6,
    value_before_usd
from codes
where periods_before = 3 and not is_stated and value_before_usd >= 1e6
order by value_before_usd desc
