-- The level of a price floor by each method, and the part of China's shipped weight priced below that level.
-- Scenarios in seeds.price_floors may refer to a method, so this model must not read core.dim_price_floor; a
-- precedent is an amount from the seed itself. Prices are nominal, since no deflator is held.
{%- set least_cells = 8 %}
{%- set least_usd = 2000 %}
{#- a median of ten years needs at least this many yearly prices #}
{%- set least_years = 8 %}
{#- a unit value ten times the newest price, or a tenth of it, means a misstated weight or another good #}
{%- set farthest_from_price = 10 %}
{#- unit values whose lower and upper quartiles lie further apart than this cover more than one good #}
{%- set one_good_within = 5 %}

with reference as (
    select *
    from {{ ref('fct_reference_price') }}
),

newest_price as (
    select
        mineral_id,
        stage,
        basis,
        contained_element,
        usd_per_kg as reference_price_usd_per_kg,
        period as current_period,
        period_type as current_period_type,
        source_id as price_source_id,
        archive_id
    from reference
    qualify
        row_number() over (partition by mineral_id, stage, basis order by period desc, period_type asc) = 1
),

areas (area) as (values ('USA'), ('USMCA')),

yearly as (
    select
        *,
        max(period) over (partition by mineral_id, stage, basis) as last_period
    from reference
    where period_type = 'year'
),

ten_years as (
    select
        mineral_id,
        stage,
        basis,
        median(usd_per_kg) as usd_per_kg,
        min(usd_per_kg) as low,
        max(usd_per_kg) as high,
        count(*)::integer as n,
        min(period) as window_from,
        max(period) as window_to,
        max(source_id) as source_ids
    from yearly
    where period > last_period - interval 10 year
    group by mineral_id, stage, basis
),

-- years in which one of the three produced the mineral, or its group, at this stage
output_years as (
    select distinct
        yearly.mineral_id,
        yearly.stage,
        yearly.basis,
        yearly.period,
        yearly.usd_per_kg,
        yearly.source_id
    from yearly
    inner join {{ ref('dim_mineral') }} as minerals on yearly.mineral_id = minerals.mineral_id
    inner join {{ ref('fct_production') }} as world
        on
            world.mineral_id in (yearly.mineral_id, minerals.group_id)
            and yearly.stage = world.stage
            and year(yearly.period) = world.year
    where
        world.source_id = 'usgs_mcs' and world.country_iso3 in ('USA', 'CAN', 'MEX') and world.production > 0
),

last_three as (
    select *
    from output_years
    qualify row_number() over (partition by mineral_id, stage, basis order by period desc) <= 3
),

last_output as (
    select
        mineral_id,
        stage,
        basis,
        avg(usd_per_kg) as usd_per_kg,
        min(usd_per_kg) as low,
        max(usd_per_kg) as high,
        count(*)::integer as n,
        min(period) as window_from,
        max(period) as window_to,
        concat_ws(';', max(source_id), nullif('usgs_mcs', max(source_id))) as source_ids
    from last_three
    group by mineral_id, stage, basis
),

precedents as (
    select
        paid.mineral_id,
        paid.stage,
        paid.basis,
        paid.amount * units.usd_per_kg as usd_per_kg,
        paid.valid_from as window_from,
        paid.valid_to as window_to
    from {{ ref('price_floors') }} as paid
    inner join {{ ref('price_units') }} as units on paid.unit = units.unit
    where paid.is_precedent and paid.rule = 'amount'
),

-- value and weight of each line by origin and period; where only China and the World are stated by month,
-- China and all other origins together as one cell each
imports as (
    select
        imports.area,
        imports.hs_code,
        imports.nomenclature,
        country.policy_iso3 = 'CHN' as is_china,
        imports.period,
        imports.value_usd,
        imports.net_weight_kg,
        imports.source_id
    from {{ ref('fct_area_import') }} as imports
    inner join {{ ref('dim_country') }} as country on imports.origin_iso3 = country.iso3
    where imports.area in ('USA', 'USMCA') and country.kind = 'country'
    union all
    select
        'USA' as area,
        hs_code,
        nomenclature,
        is_china,
        period,
        value_usd,
        net_weight_kg,
        source_id
    from {{ ref('fct_us_month') }}
),

cells as (
    select
        imports.area,
        product.mineral_id,
        product.stage,
        imports.is_china,
        imports.period,
        imports.value_usd,
        imports.net_weight_kg,
        {{ unit_value('imports.value_usd', 'imports.net_weight_kg') }} as usd_per_kg,
        imports.source_id
    from imports
    inner join {{ ref('bridge_trade_product') }} as product
        on imports.hs_code = product.hs_code and imports.nomenclature = product.nomenclature
    left join newest_price
        on
            product.mineral_id = newest_price.mineral_id
            and product.stage = newest_price.stage
            and newest_price.basis = 'product'
    where
        product.weight_mid > 0.9
        and not product.is_allocation_only
        and product.stage not in ('end_form', 'scrap')
        and imports.value_usd > {{ least_usd }}
        and imports.net_weight_kg > 0
        and (
            newest_price.reference_price_usd_per_kg is null
            or imports.value_usd / imports.net_weight_kg
            between newest_price.reference_price_usd_per_kg / {{ farthest_from_price }}
            and newest_price.reference_price_usd_per_kg * {{ farthest_from_price }}
        )
    qualify
        year(imports.period)
        >= max(year(imports.period)) over (partition by imports.area, product.mineral_id, product.stage) - 1
),

unit_values as (
    select
        area,
        mineral_id,
        stage,
        {{ percentile('usd_per_kg', 0.25) }} as p25,
        median(usd_per_kg) as p50,
        {{ percentile('usd_per_kg', 0.75) }} as p75,
        count(*)::integer as n,
        min(period) as window_from,
        max(period) as window_to,
        max(source_id) as source_ids
    from cells
    where not is_china
    group by area, mineral_id, stage
),

spread as (
    select
        area,
        mineral_id,
        stage,
        p75 > {{ one_good_within }} * p25 as is_several_goods
    from unit_values
),

china_values as (
    select
        area,
        mineral_id,
        stage,
        median(usd_per_kg) as p50,
        count(*)::integer as n
    from cells
    where is_china
    group by area, mineral_id, stage
),

methods as (
    select
        areas.area,
        ten_years.mineral_id,
        ten_years.stage,
        ten_years.basis as price_basis,
        'median_10y_nominal' as method,
        ten_years.usd_per_kg,
        ten_years.low,
        ten_years.high,
        ten_years.n,
        ten_years.window_from,
        ten_years.window_to,
        10 as n_of,
        ten_years.n < {{ least_years }} as is_thin,
        ten_years.source_ids
    from ten_years
    cross join areas
    union all
    select
        areas.area,
        last_output.mineral_id,
        last_output.stage,
        last_output.basis as price_basis,
        'last_bloc_output' as method,
        last_output.usd_per_kg,
        last_output.low,
        last_output.high,
        last_output.n,
        last_output.window_from,
        last_output.window_to,
        3 as n_of,
        last_output.n < 3 as is_thin,
        last_output.source_ids
    from last_output
    cross join areas
    union all
    select
        areas.area,
        precedents.mineral_id,
        precedents.stage,
        precedents.basis as price_basis,
        'precedent' as method,
        precedents.usd_per_kg,
        precedents.usd_per_kg as low,
        precedents.usd_per_kg as high,
        1 as n,
        precedents.window_from,
        precedents.window_to,
        1 as n_of,
        false as is_thin,
        'price_floors' as source_ids
    from precedents
    cross join areas
    union all
    select
        unit_values.area,
        unit_values.mineral_id,
        unit_values.stage,
        'product' as price_basis,
        quantiles.method,
        case quantiles.method when 'non_china_p25' then unit_values.p25 else unit_values.p50 end
            as usd_per_kg,
        unit_values.p25 as low,
        case quantiles.method when 'non_china_p25' then unit_values.p50 else unit_values.p75 end as high,
        unit_values.n,
        unit_values.window_from,
        unit_values.window_to,
        null::integer as n_of,
        unit_values.n < {{ least_cells }} as is_thin,
        unit_values.source_ids
    from unit_values
    cross join (values ('non_china_p25'), ('non_china_median')) as quantiles (method)
    union all
    -- a difference, to be added to a Chinese price; not a floor by itself
    select
        unit_values.area,
        unit_values.mineral_id,
        unit_values.stage,
        'product' as price_basis,
        'china_discount' as method,
        unit_values.p50 - china_values.p50 as usd_per_kg,
        unit_values.p25 - china_values.p50 as low,
        unit_values.p75 - china_values.p50 as high,
        least(unit_values.n, china_values.n) as n,
        unit_values.window_from,
        unit_values.window_to,
        null::integer as n_of,
        unit_values.n < {{ least_cells }} or china_values.n < 2 as is_thin,
        unit_values.source_ids
    from unit_values
    inner join china_values
        on
            unit_values.area = china_values.area
            and unit_values.mineral_id = china_values.mineral_id
            and unit_values.stage = china_values.stage
),

-- the part of Chinese shipments in the unit value window that came in below the level
bound as (
    select
        methods.area,
        methods.mineral_id,
        methods.stage,
        methods.price_basis,
        methods.method,
        100 * {{ share(
            exact_sum('case when cells.usd_per_kg < methods.usd_per_kg then cells.net_weight_kg end'),
            exact_sum('cells.net_weight_kg')
        ) }} as bound_pct
    from methods
    inner join cells
        on methods.area = cells.area and methods.mineral_id = cells.mineral_id and methods.stage = cells.stage
    where cells.is_china and methods.price_basis = 'product' and methods.method != 'china_discount'
    group by methods.area, methods.mineral_id, methods.stage, methods.price_basis, methods.method
)

select
    methods.mineral_id,
    methods.stage,
    methods.price_basis,
    methods.area,
    methods.method,
    methods.usd_per_kg,
    methods.low as low_usd_per_kg,
    methods.high as high_usd_per_kg,
    methods.n,
    methods.n_of,
    methods.window_from,
    methods.window_to,
    newest_price.contained_element,
    newest_price.reference_price_usd_per_kg,
    newest_price.current_period,
    newest_price.current_period_type,
    -- without a Chinese cell below the level, nothing is bound
    case
        when bound.method is not null and not coalesce(spread.is_several_goods, false)
            then coalesce(bound.bound_pct, 0)
    end as would_have_bound_pct,
    methods.is_thin,
    coalesce(spread.is_several_goods, false) as is_several_goods,
    methods.source_ids,
    newest_price.archive_id
from methods
left join newest_price
    on
        methods.mineral_id = newest_price.mineral_id
        and methods.stage = newest_price.stage
        and methods.price_basis = newest_price.basis
left join bound
    on
        methods.area = bound.area
        and methods.mineral_id = bound.mineral_id
        and methods.stage = bound.stage
        and methods.price_basis = bound.price_basis
        and methods.method = bound.method
left join spread
    on
        methods.area = spread.area
        and methods.mineral_id = spread.mineral_id
        and methods.stage = spread.stage
        and methods.method in ('non_china_p25', 'non_china_median', 'china_discount')
