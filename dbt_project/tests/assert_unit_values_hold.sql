{{ config(severity='warn') }}
-- A line that states most of a code's value or weight, at a thousand times the unit value usual among the
-- code's partners, or a thousandth: its value or weight is misstated, dollars as thousands or grams as
-- kilograms. Minor lines may well be samples or jewels.
with lines as (
    select
        source_id,
        reporter_iso3,
        partner_iso3,
        flow,
        hs_code,
        nomenclature,
        period_type,
        period,
        sum(value_usd)::double as value_usd,
        sum(net_weight_kg) as net_weight_kg
    from {{ ref('fct_trade') }}
    where partner_iso3 not in ('WLD', 'ZZZ')
    group by all
    having sum(value_usd) > 0 and sum(net_weight_kg) > 0
),

usual as (
    select
        source_id,
        flow,
        hs_code,
        nomenclature,
        period_type,
        period,
        sum(value_usd) as all_value_usd,
        sum(net_weight_kg) as all_net_weight_kg,
        median(value_usd / net_weight_kg) as usual_usd_per_kg
    from lines
    group by source_id, flow, hs_code, nomenclature, period_type, period
    having count(*) >= 5
)

select
    lines.*,
    lines.value_usd / lines.net_weight_kg as usd_per_kg,
    usual.usual_usd_per_kg
from lines
inner join usual
    on
        lines.source_id = usual.source_id
        and lines.flow = usual.flow
        and lines.hs_code = usual.hs_code
        and lines.nomenclature = usual.nomenclature
        and lines.period_type = usual.period_type
        and lines.period = usual.period
where
    (lines.value_usd > 0.5 * usual.all_value_usd or lines.net_weight_kg > 0.5 * usual.all_net_weight_kg)
    and (
        lines.value_usd / lines.net_weight_kg >= 1000 * usual.usual_usd_per_kg
        or usual.usual_usd_per_kg >= 1000 * lines.value_usd / lines.net_weight_kg
    )
