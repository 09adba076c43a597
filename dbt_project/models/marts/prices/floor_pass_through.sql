-- What a floor costs a manufacturer: the product's content of the mineral under the floor, multiplied by the
-- gap between floor and price. Only cited contents are used, so a product without one has no cost here. If no
-- weight is stated, the cost is given per ton of product only.
with contents as (
    select *
    from {{ ref('dim_product_content') }}
),

floors as (
    select *
    from {{ ref('dim_price_floor') }}
    where hs6 is null and area = 'USA' and floor_usd_per_kg is not null
),

-- the year's reference price, or the latest earlier one, until a newer price is printed
prices as (
    select
        mineral_id,
        stage,
        basis,
        usd_per_kg,
        year(period) as year,
        source_id,
        archive_id
    from {{ ref('fct_reference_price') }}
    where period_type = 'year'
),

gaps as (
    select
        floors.scenario_id,
        contents.product_code,
        prices.year,
        floors.floor_usd_per_kg,
        floors.years_held as floor_years_held,
        floors.years_asked as floor_years_asked,
        floors.valid_from,
        floors.valid_to,
        floors.is_precedent,
        prices.usd_per_kg as price_usd_per_kg,
        greatest(floors.floor_usd_per_kg - prices.usd_per_kg, 0) as gap_usd_per_kg,
        prices.source_id as price_source_id,
        prices.archive_id as price_archive_id
    from contents
    inner join floors
        on
            contents.priced_as = floors.mineral_id
            and contents.price_stage = floors.stage
            and contents.price_basis = floors.basis
    inner join prices
        on
            contents.priced_as = prices.mineral_id
            and contents.price_stage = prices.stage
            and contents.price_basis = prices.basis
            and prices.year >= year(floors.valid_from)
            and prices.year <= coalesce(year(floors.valid_to), prices.year)
),

imports as (
    select
        trade.hs_code,
        trade.origin_iso3,
        trade.period,
        trade.value_usd,
        trade.net_weight_kg,
        trade.source_id,
        trade.archive_id
    from {{ ref('fct_customs_import') }} as trade
    where trade.reporter_iso3 = 'USA' and trade.period_type = 'year' and trade.value_usd > 0
),

-- Section 232 derivatives by chapter 99 of the schedule
derivatives as (
    select distinct left(reach.hts8, 8) as hts8
    from {{ ref('bridge_tariff_measure') }} as reach
    inner join {{ ref('dim_tariff_measure') }} as measure on reach.subject = measure.measure_id
    where reach.effect = 'applies' and measure.programme = '232'
),

measured as (
    select
        gaps.*,
        contents.mineral_id,
        contents.content_low,
        contents.content_mid,
        contents.content_high,
        contents.floor_kg_per_kg_content,
        contents.citation,
        imports.hs_code,
        imports.origin_iso3,
        imports.period,
        imports.value_usd,
        imports.net_weight_kg,
        imports.source_id,
        imports.archive_id,
        derivatives.hts8 is not null as is_derivative_listed
    from gaps
    inner join contents on gaps.product_code = contents.product_code
    inner join imports
        on
            left(imports.hs_code, length(gaps.product_code)) = gaps.product_code
            and year(imports.period) = gaps.year
    left join derivatives on left(imports.hs_code, 8) = derivatives.hts8
    -- a line with a content of its own is not counted in its heading
    qualify
        row_number() over (
            partition by gaps.scenario_id, imports.hs_code, imports.origin_iso3, imports.period
            order by length(gaps.product_code) desc
        ) = 1
)

select
    scenario_id,
    hs_code as product_code,
    origin_iso3,
    period,
    mineral_id,
    is_precedent,
    value_usd::bigint as import_value_usd,
    net_weight_kg as quantity_kg,
    content_low as content_low_share,
    content_mid as content_mid_share,
    content_high as content_high_share,
    net_weight_kg * content_low as mineral_low_kg,
    net_weight_kg * content_mid as mineral_kg,
    net_weight_kg * content_high as mineral_high_kg,
    floor_usd_per_kg,
    floor_years_held,
    floor_years_asked,
    price_usd_per_kg,
    gap_usd_per_kg,
    {{ rounded(added_cost('1000', 'content_low', 'floor_kg_per_kg_content', 'gap_usd_per_kg'), 2) }}
        as added_cost_low_usd_per_t,
    {{ rounded(added_cost('1000', 'content_mid', 'floor_kg_per_kg_content', 'gap_usd_per_kg'), 2) }}
        as added_cost_usd_per_t,
    {{ rounded(added_cost('1000', 'content_high', 'floor_kg_per_kg_content', 'gap_usd_per_kg'), 2) }}
        as added_cost_high_usd_per_t,
    round(
        {{ added_cost('net_weight_kg', 'content_mid', 'floor_kg_per_kg_content', 'gap_usd_per_kg') }}
    )::bigint
        as added_cost_usd,
    {{ rounded(
        '100 * ' ~ share(
            added_cost('net_weight_kg', 'content_mid', 'floor_kg_per_kg_content', 'gap_usd_per_kg'), 'value_usd'
        ), 6
    ) }} as added_cost_pct_of_product,
    is_derivative_listed as derivative_listed,
    case
        when content_mid is null then 'content_not_cited'
        when net_weight_kg is null then 'per_ton_only'
        else 'complete'
    end as coverage,
    case when content_mid is not null then citation end as citation,
    concat_ws(';', source_id, case when price_source_id != source_id then price_source_id end, 'price_floors')
        as source_ids,
    concat_ws(';', archive_id, price_archive_id) as archive_ids
from measured
