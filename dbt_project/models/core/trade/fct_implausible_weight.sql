-- Flows of BACI whose stated weight cannot be that of the goods: a kilogram costs less than a tenth of what
-- it costs in the middle of the code's flows, and of what all the others pay together. The value stands; the
-- weight counts nowhere. A dear flow is left alone: a purer good costs ten times as much, and its weight is
-- small. So is a flow of little value.
{%- set least_usd = 100000 %}
{%- set least_flows = 20 %}
{%- set times_below = 10 %}

with weighed as (
    select
        hs_code,
        nomenclature,
        period,
        reporter_iso3,
        partner_iso3,
        value_usd,
        net_weight_kg,
        {{ unit_value('value_usd', 'net_weight_kg') }} as usd_per_kg
    from {{ ref('fct_trade') }}
    where source_id = 'cepii_baci' and flow = 'import' and net_weight_kg > 0 and value_usd > 0
),

codes as (
    select
        hs_code,
        nomenclature,
        period,
        sum(value_usd) as value_usd,
        {{ exact_sum('net_weight_kg') }} as net_weight_kg,
        median(case when value_usd > {{ least_usd }} then usd_per_kg end) as median_usd_per_kg
    from weighed
    group by hs_code, nomenclature, period
    having count(*) filter (where value_usd > {{ least_usd }}) >= {{ least_flows }}
),

compared as (
    select
        weighed.*,
        codes.median_usd_per_kg,
        {{ unit_value(
            '(codes.value_usd - weighed.value_usd)', '(codes.net_weight_kg - weighed.net_weight_kg)'
        ) }} as others_usd_per_kg
    from weighed
    inner join codes
        on
            weighed.hs_code = codes.hs_code
            and weighed.nomenclature = codes.nomenclature
            and weighed.period = codes.period
)

select *
from compared
where
    value_usd > {{ least_usd }}
    and usd_per_kg < median_usd_per_kg / {{ times_below }}
    and usd_per_kg < others_usd_per_kg / {{ times_below }}
