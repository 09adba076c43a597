-- Imports of a mineral compared with a floor of your own, where weights are reported; the last rows are totals by year. `per`
-- is the basis of the price: 'product' for the goods as traded, or a content such as 'Li' or 'REO'. A basis that no line states
-- or contains is refused, and so is a stage at which the mineral is not traded. Lines of several minerals are left out. The
-- mean of a period hides cheaper shipments, so the adjustment is a minimum. In years without US weights by origin, the
-- months of lines with weights from China and from all others take the place of the year; the others are `all but CHN`.
-- Example: from price_floor('lithium', 60, 'compound', 'Li') where area = 'USA';
create macro main.price_floor(of_mineral, at_usd_per_kg, of_stage, per) as table
with products as (
    select
        *,
        contained_element as element
    from core.bridge_trade_product
    where mineral_id = mineral_called(of_mineral) and weight_mid > 0.9 and not is_allocation_only
),

known as (
    select string_agg(distinct concat_ws(' per ', stage, pair), ', ' order by concat_ws(' per ', stage, pair)) as pairs
    from (
        select stage, unnest(list_distinct(['product', element])) as pair
        from products
    )
    where pair is not null
),

asked as (
    select
        case
            when pairs is null then error(concat('No tariff line is that mineral alone: ', of_mineral))
            when count(products.hs_code) = 0
                then error(concat(
                    'No line of ', of_mineral, ' has a price of ', of_stage, ' per ', per, '. Known are: ', pairs
                ))
            else true
        end as is_known
    from known
    left join products on products.stage = of_stage and per in ('product', products.element)
    group by pairs
),

weighed as (
    select
        hs6,
        year(period) as year
    from core.fct_area_import
    where area = 'USA' and net_weight_kg > 0
    group by hs6, year(period)
),

months as (
    select
        'USA' as area,
        months.hs_code,
        months.nomenclature,
        case when months.is_china then 'CHN' else 'all but CHN' end as origin_iso3,
        months.period,
        'month' as period_type,
        months.value_usd,
        'customs' as value_basis,
        months.net_weight_kg,
        null::double as content_kg,
        false as is_net_weight_estimated,
        months.source_id
    from core.fct_us_month as months
    left join weighed on months.hs6 = weighed.hs6 and year(months.period) = weighed.year
    where months.value_usd > 0 and weighed.hs6 is null
),

held as (
    select
        area,
        hs_code,
        nomenclature,
        origin_iso3,
        period,
        period_type,
        value_usd,
        value_basis,
        net_weight_kg,
        content_kg,
        is_net_weight_estimated,
        source_id
    from core.fct_area_import
    where
        area != 'USA'
        or (hs_code, year(period)) not in (select (hs_code, year(period)) from months)
    union all
    select * from months
),

imports as (
    select
        imports.*,
        products.stage,
        case
            when per = 'product' then imports.net_weight_kg
            else coalesce(imports.content_kg, imports.net_weight_kg * products.content_factor)
        end as quantity_kg
    from asked
    inner join products on asked.is_known and products.stage = of_stage and per in ('product', products.element)
    inner join held as imports
        on products.hs_code = imports.hs_code and products.nomenclature = imports.nomenclature
),

lines as (
    select
        area,
        stage,
        hs_code,
        origin_iso3,
        period,
        period_type,
        sum(value_usd)::bigint as value_usd,
        any_value(value_basis) as value_basis,
        per as price_per,
        sum(quantity_kg) as quantity_kg,
        bool_or(is_net_weight_estimated) as is_net_weight_estimated,
        sum(value_usd) / sum(quantity_kg) as landed_usd_per_kg,
        sum(value_usd) / sum(quantity_kg) < at_usd_per_kg as below_floor,
        at_usd_per_kg - sum(value_usd) / sum(quantity_kg) as gap_usd_per_kg,
        round(sum(greatest(0, at_usd_per_kg * quantity_kg - value_usd)))::bigint as border_adjustment_usd,
        'ok' as coverage,
        source_id as source_ids
    from imports
    where quantity_kg > 0
    group by area, stage, hs_code, origin_iso3, period, period_type, source_id
),

totals as (
    select
        area,
        any_value(stage) as stage,
        'all' as hs_code,
        'all' as origin_iso3,
        date_trunc('year', period)::date as period,
        'total' as period_type,
        sum(value_usd) filter (quantity_kg > 0)::bigint as value_usd,
        null as value_basis,
        per as price_per,
        sum(quantity_kg) as quantity_kg,
        bool_or(is_net_weight_estimated) as is_net_weight_estimated,
        sum(value_usd) filter (quantity_kg > 0) / sum(quantity_kg) as landed_usd_per_kg,
        null as below_floor,
        null as gap_usd_per_kg,
        round(sum(greatest(0, at_usd_per_kg * quantity_kg - value_usd)) filter (quantity_kg > 0))::bigint
            as border_adjustment_usd,
        concat(
            'total of ', count(distinct period) filter (quantity_kg > 0), ' periods with weights; USD ',
            format('{:,}', coalesce(sum(value_usd) filter (coalesce(quantity_kg, 0) = 0), 0)::bigint),
            ' without a weight is not judged'
        ) as coverage,
        string_agg(distinct source_id, ';' order by source_id) as source_ids
    from imports
    group by area, date_trunc('year', period)
)

select *
from (from lines union all from totals)
order by area, period_type = 'total', period, hs_code, origin_iso3;

comment on macro table main.price_floor is
'Imports compared with a floor in USD per kg of product or of content. Example: from price_floor(''lithium'', 60, ''compound'', ''Li'') where area = ''USA''';
