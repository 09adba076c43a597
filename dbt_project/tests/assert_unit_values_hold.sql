{{ config(severity='warn') }}
-- Lines with most of the value or weight of a code whose unit value is a thousand times that of the code's
-- other partners, or a thousandth. Their value or weight is misstated, such as dollars as thousands or grams
-- as kilograms. Minor lines are not tested, since they may be samples or jewels.
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

compared as (
    select
        *,
        value_usd / net_weight_kg as usd_per_kg,
        median(value_usd / net_weight_kg) over alike as usual_usd_per_kg,
        sum(value_usd) over alike as all_value_usd,
        sum(net_weight_kg) over alike as all_net_weight_kg,
        count(*) over alike as lines_alike
    from lines
    window alike as (partition by source_id, flow, hs_code, nomenclature, period_type, period)
)

select *
from compared
where
    lines_alike >= 5
    and (value_usd > 0.5 * all_value_usd or net_weight_kg > 0.5 * all_net_weight_kg)
    and (usd_per_kg >= 1000 * usual_usd_per_kg or usual_usd_per_kg >= 1000 * usd_per_kg)
