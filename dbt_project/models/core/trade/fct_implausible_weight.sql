-- BACI flows with a stated weight that is implausible: a kilogram costs less than a tenth of the median of
-- the code's flows, and less than a tenth of the mean of all the others. The value is kept and the weight is
-- not used anywhere. Expensive flows are kept, since a purer good may cost ten times as much and weighs
-- little. So are flows of small value.
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
