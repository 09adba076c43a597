-- The lowest floor that would have been binding for a fifth of the weight from China, by area and code.
{#- so few mean prices do not show the cheapest fifth of the weight #}
{%- set fewest_periods = 6 %}
{%- set bound_share = 0.2 %}

-- the three as one only where all of them stated their imports
with weighed as (
    select
        area,
        hs_code,
        period,
        period_type,
        period_end,
        net_weight_kg,
        value_usd / net_weight_kg as landed_usd_per_kg,
        origin_iso3,
        source_id,
        archive_id
    from {{ ref('fct_area_import') }}
    where net_weight_kg > 0 and (area != 'USMCA' or reporters = {{ all_of_the_three() }})
),

newest as (
    select
        area,
        max(period_end) as newest_day
    from weighed
    group by area
),

cells as (
    select
        weighed.*,
        weighed.period_end > newest.newest_day - interval 24 month as is_recent
    from weighed
    inner join newest on weighed.area = newest.area
    where weighed.origin_iso3 = 'CHN'
),

ranked as (
    select
        *,
        sum(net_weight_kg) over (
            partition by area, hs_code, is_recent
            order by landed_usd_per_kg, period, net_weight_kg
            rows unbounded preceding
        ) / sum(net_weight_kg) over (partition by area, hs_code, is_recent) as share_up_to_here
    from cells
),

counted as (
    select
        area,
        hs_code,
        {{ exact_sum('case when is_recent then net_weight_kg end') }} as chinese_kg,
        count(distinct case when is_recent and period_type = 'month' then period end)::integer as months,
        count(distinct case when is_recent and period_type = 'year' then period end)::integer as years,
        min(case when is_recent and share_up_to_here >= {{ bound_share }} then landed_usd_per_kg end)
            as binding_floor_usd_per_kg,
        max(period_end) as weights_until,
        {{ joined_distinct('source_id', ';') }} as source_ids,
        max(archive_id) as archive_id
    from ranked
    group by area, hs_code
)

select
    area,
    hs_code,
    case when months + years >= {{ fewest_periods }} then binding_floor_usd_per_kg end
        as binding_floor_usd_per_kg,
    chinese_kg,
    months,
    years,
    weights_until,
    case
        when months + years = 0 then 'no_weights_in_24_months'
        when months + years < {{ fewest_periods }} then 'too_few_periods'
        else 'complete'
    end as coverage,
    source_ids,
    archive_id
from counted
