-- Weight of a member's trade with the World in a code of policy_stage_codes, by flow and year. A missing
-- weight, or one that contradicts the unit values of the code's other lines, is estimated from the value with
-- those unit values, with bounds.
{%- set out_of_line = 5 %}

with lines as (
    select distinct hs_code
    from {{ ref('policy_stage_codes') }}
),

-- a heading with a single subheading covers the same goods: a line with its own weight takes precedence over
-- one without
totals as (
    select
        lines.hs_code,
        trade.reporter_iso3,
        trade.flow,
        year(trade.period)::integer as year,
        trade.value_usd,
        trade.net_weight_kg,
        trade.is_net_weight_estimated,
        trade.value_basis,
        trade.archive_id,
        {{ unit_value('trade.value_usd', 'trade.net_weight_kg') }} as usd_per_kg
    from {{ ref('fct_trade') }} as trade
    inner join lines
        on
            trade.hs_code = lines.hs_code
            or trade.hs_code = lines.hs_code || '00'
            or trade.hs_code || '00' = lines.hs_code
    where
        trade.source_id = 'comtrade'
        and trade.period_type = 'year'
        and trade.partner_iso3 = 'WLD'
        and trade.flow in ('import', 'export')
    qualify row_number() over (
        partition by lines.hs_code, trade.reporter_iso3, trade.flow, year(trade.period)
        order by
            trade.net_weight_kg is null asc,
            trade.is_net_weight_estimated asc,
            trade.vintage desc,
            trade.hs_code asc
    ) = 1
),

-- unit value of the code in the surrounding years, from weights that reporters stated themselves
usual as (
    select
        totals.hs_code,
        totals.year,
        median(nearby.usd_per_kg) as usual_usd_per_kg
    from totals
    inner join totals as nearby
        on totals.hs_code = nearby.hs_code and nearby.year between totals.year - 2 and totals.year + 2
    where not nearby.is_net_weight_estimated
    group by totals.hs_code, totals.year
),

judged as (
    select
        totals.*,
        coalesce(
            totals.usd_per_kg between usual.usual_usd_per_kg / {{ out_of_line }}
            and usual.usual_usd_per_kg * {{ out_of_line }},
            false
        ) as is_in_line
    from totals
    left join usual on totals.hs_code = usual.hs_code and totals.year = usual.year
),

peers as (
    select
        hs_code,
        year,
        {{ exact_sum('value_usd') }} / {{ exact_sum('net_weight_kg') }} as mean_usd_per_kg,
        min(usd_per_kg) as low_usd_per_kg,
        max(usd_per_kg) as high_usd_per_kg
    from judged
    where is_in_line
    group by hs_code, year
),

-- every member in every year for which it reported anything: a code without a row then means no trade
reports as (
    select distinct
        reporter_iso3,
        year(period)::integer as year
    from {{ ref('fct_trade') }}
    where source_id = 'comtrade' and period_type = 'year' and partner_iso3 = 'WLD'
),

grid as (
    select
        lines.hs_code,
        reports.reporter_iso3,
        flows.flow,
        reports.year
    from reports
    cross join lines
    cross join (values ('import'), ('export')) as flows (flow)
    where
        exists (
            select 1
            from totals
            where totals.hs_code = lines.hs_code and totals.year = reports.year
        )
)

select
    grid.hs_code,
    grid.reporter_iso3,
    grid.flow,
    grid.year,
    judged.value_usd,
    judged.value_basis,
    case
        when judged.value_usd is null then 'no_trade_reported'
        when judged.is_in_line and not judged.is_net_weight_estimated then 'reported'
        when judged.is_in_line then 'estimated_by_un'
        when peers.hs_code is null then 'unknown'
        else 'implied_from_value'
    end as weight_method,
    case weight_method
        when 'no_trade_reported' then 0
        when 'implied_from_value' then judged.value_usd / peers.mean_usd_per_kg / 1000
        when 'unknown' then null
        else judged.net_weight_kg / 1000
    end as gross_weight_t,
    case weight_method
        when 'implied_from_value' then judged.value_usd / peers.high_usd_per_kg / 1000
        when 'estimated_by_un'
            then least(judged.net_weight_kg, judged.value_usd / peers.high_usd_per_kg) / 1000
        else gross_weight_t
    end as gross_weight_low_t,
    case weight_method
        when 'implied_from_value' then judged.value_usd / peers.low_usd_per_kg / 1000
        when 'estimated_by_un'
            then greatest(judged.net_weight_kg, judged.value_usd / peers.low_usd_per_kg) / 1000
        else gross_weight_t
    end as gross_weight_high_t,
    judged.archive_id
from grid
left join judged
    on
        grid.hs_code = judged.hs_code
        and grid.reporter_iso3 = judged.reporter_iso3
        and grid.flow = judged.flow
        and grid.year = judged.year
left join peers on grid.hs_code = peers.hs_code and grid.year = peers.year
