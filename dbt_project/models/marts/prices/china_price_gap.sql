-- Mean import prices of Chinese goods and of those of the rest of the world, by area, code and year.
{#- Fewer records are single lots and do not show a market. Below the minimum value, freight and rounding of
    weights decide the price. #}
{%- set least_record_usd = 2000 %}
{%- set fewest_records = 6 %}
{%- set fewest_origins = 3 %}

-- the three as one only where all of them stated their imports
with by_origin as (
    select
        area,
        hs_code,
        year(period)::integer as year,
        origin_iso3,
        origin_iso3 in ('CHN', 'HKG', 'MAC') as is_china,
        count(*) as records,
        max(months_held) as months_held,
        {{ exact_sum('value_usd') }} as value_usd,
        {{ exact_sum('net_weight_kg') }} as weight_kg,
        max(case when is_net_weight_estimated then 1 else 0 end) as has_estimated_weights,
        min(source_id) as first_source_id,
        max(source_id) as last_source_id,
        max(archive_id) as archive_id
    from {{ ref('fct_area_import') }}
    where
        net_weight_kg > 0
        and value_usd >= {{ least_record_usd }}
        and (area != 'USMCA' or reporters = {{ all_of_the_three() }})
    group by area, hs_code, year(period), origin_iso3
),

sides as (
    select
        area,
        hs_code,
        year,
        sum(case when is_china then records end)::bigint as china_records,
        sum(case when not is_china then records end)::bigint as rest_records,
        count(case when not is_china then 1 end) as rest_origins,
        {{ exact_sum('case when is_china then value_usd end') }} as china_value_usd,
        {{ exact_sum('case when not is_china then value_usd end') }} as rest_value_usd,
        {{ exact_sum('case when is_china then weight_kg end') }} as china_kg,
        {{ exact_sum('case when not is_china then weight_kg end') }} as rest_kg,
        max(months_held) as months_held,
        max(has_estimated_weights) = 1 as is_weight_estimated,
        case
            when min(first_source_id) = max(last_source_id) then min(first_source_id)
            else concat(min(first_source_id), ';', max(last_source_id))
        end as source_ids,
        max(archive_id) as archive_id
    from by_origin
    group by area, hs_code, year
    having count(case when is_china then 1 end) > 0 and count(case when not is_china then 1 end) > 0
),

judged as (
    select
        sides.*,
        sides.china_value_usd / sides.china_kg as china_unit_value_usd_per_kg,
        sides.rest_value_usd / sides.rest_kg as rest_unit_value_usd_per_kg,
        case
            when
                sides.china_records < {{ fewest_records }}
                or sides.rest_records < {{ fewest_records }}
                or sides.rest_origins < {{ fewest_origins }}
                then 'too_few_records'
            when little.origin_iso3 is not null then 'too_little_trade'
            else 'ok'
        end as quality_flag
    from sides
    left join {{ ref('fct_little_trade') }} as little
        on
            sides.area = little.area
            and sides.hs_code = little.hs_code
            and sides.year = little.year
            and little.origin_iso3 = 'CHN'
)

select
    area,
    hs_code,
    year,
    china_value_usd,
    rest_value_usd,
    china_kg,
    rest_kg,
    china_unit_value_usd_per_kg,
    rest_unit_value_usd_per_kg,
    case
        when quality_flag = 'ok'
            then round(100 * (china_unit_value_usd_per_kg / rest_unit_value_usd_per_kg - 1), 1)
    end as gap_pct,
    china_records,
    rest_records,
    rest_origins,
    months_held,
    is_weight_estimated,
    quality_flag,
    source_ids,
    archive_id
from judged
