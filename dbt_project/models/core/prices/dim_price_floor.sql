-- Price floors in USD/kg, each by the rule of its scenario: a fixed amount in its unit, the mean reference
-- price over a window, the unit value of imports from countries other than foreign entities of concern over a
-- window and code by code, or the level of a method. If the method has no level, the floor has none and
-- states why.
with floors as (
    select
        *,
        scenario_id || ':' || mineral_id || ':' || stage as floor_key
    from {{ ref('price_floors') }}
),

amounts as (
    select
        floors.floor_key,
        floors.mineral_id,
        floors.stage,
        null::string as hs6,
        floors.basis,
        floors.contained_element,
        null::string as series_id,
        null::integer as observations,
        null::integer as years_held,
        units.usd_per_kg as usd_per_kg_of_one
    from floors
    inner join {{ ref('price_units') }} as units on floors.unit = units.unit
    where floors.rule = 'amount'
),

-- annual prices count only for a mineral without monthly ones
prices as (
    select *
    from {{ ref('fct_reference_price') }}
    qualify dense_rank() over (partition by mineral_id, stage order by period_type != 'month') = 1
),

price_means as (
    select
        floors.floor_key,
        prices.mineral_id,
        prices.stage,
        null::string as hs6,
        prices.basis,
        prices.contained_element,
        prices.series_id,
        count(*)::integer as observations,
        count(distinct year(prices.period))::integer as years_held,
        {{ mean_in_order('prices.usd_per_kg', 'prices.period') }} as usd_per_kg_of_one
    from floors
    inner join prices
        on
            floors.mineral_id in ('*', prices.mineral_id)
            and floors.stage in ('*', prices.stage)
            and prices.period between floors.window_from and floors.window_to
    inner join {{ ref('dim_mineral') }} as mineral on prices.mineral_id = mineral.mineral_id
    where
        floors.rule = 'mean_reference_price'
        and not array_contains(split(coalesce(floors.except_groups, ''), ';'), mineral.group_id)
    group by
        floors.floor_key,
        prices.mineral_id,
        prices.stage,
        prices.basis,
        prices.contained_element,
        prices.series_id
),

concern as (
    select country.iso3
    from {{ ref('dim_country') }} as country
    inner join {{ ref('dim_bloc_member') }} as member on country.policy_iso3 = member.iso3
    where member.bloc = 'FEOC' and member.is_member_today
),

market_imports as (
    select imports.*
    from {{ ref('fct_area_import') }} as imports
    anti join concern on imports.origin_iso3 = concern.iso3
    -- part of a year does not count as a year
    where imports.months_held = 12 and imports.net_weight_kg > 0
),

unit_values as (
    select
        floors.floor_key,
        floors.mineral_id,
        floors.stage,
        imports.hs6,
        floors.basis,
        floors.contained_element,
        null::string as series_id,
        count(distinct imports.origin_iso3 || year(imports.period))::integer as observations,
        count(distinct year(imports.period))::integer as years_held,
        {{ unit_value(
            exact_sum(value_in_basis('imports', 'floors.landed_basis')),
            exact_sum('imports.net_weight_kg')
        ) }}
            as usd_per_kg_of_one
    from floors
    inner join {{ ref('bridge_trade_product') }} as product
        on floors.mineral_id = product.mineral_id and floors.stage = product.stage
    inner join market_imports as imports
        on
            product.hs_code = imports.hs_code
            and product.nomenclature = imports.nomenclature
            and floors.area = imports.area
            and imports.period between floors.window_from and floors.window_to
    where floors.rule = 'mean_unit_value_ex_feoc'
    group by
        floors.floor_key, floors.mineral_id, floors.stage, imports.hs6, floors.basis, floors.contained_element
),

-- a level from too few months, or from several goods, is not a price to compare imports with
method_levels as (
    select
        floors.floor_key,
        methods.mineral_id,
        methods.stage,
        null::string as hs6,
        methods.price_basis as basis,
        methods.contained_element,
        null::string as series_id,
        methods.n as observations,
        case when methods.n_of is not null then methods.n end as years_held,
        case when not methods.is_thin and not methods.is_several_goods then methods.usd_per_kg end
            as usd_per_kg_of_one,
        case
            when methods.is_several_goods then 'several_goods_in_one_code'
            when methods.is_thin then 'method_is_thin'
        end as no_floor_reason
    from floors
    inner join {{ ref('fct_floor_method') }} as methods
        on
            floors.method = methods.method
            and floors.area = methods.area
            and floors.mineral_id in ('*', methods.mineral_id)
            and floors.stage in ('*', methods.stage)
            and coalesce(floors.basis, methods.price_basis) = methods.price_basis
    inner join {{ ref('dim_mineral') }} as mineral on methods.mineral_id = mineral.mineral_id
    where
        floors.rule = 'method'
        and not array_contains(split(coalesce(floors.except_groups, ''), ';'), mineral.group_id)
    qualify row_number() over (
        partition by floors.floor_key, methods.mineral_id, methods.stage
        order by methods.price_basis = 'product' desc, methods.price_basis asc
    ) = 1
),

without_level as (
    select
        floors.floor_key,
        floors.mineral_id,
        floors.stage,
        null::string as hs6,
        floors.basis,
        floors.contained_element,
        null::string as series_id,
        0 as observations,
        null::integer as years_held,
        null::double as usd_per_kg_of_one,
        'method_has_no_level' as no_floor_reason
    from floors
    anti join method_levels on floors.floor_key = method_levels.floor_key
    where floors.rule = 'method' and floors.mineral_id != '*' and floors.stage != '*'
),

priced as (
    select
        *,
        null::string as no_floor_reason
    from amounts
    union all
    select
        *,
        null::string as no_floor_reason
    from price_means
    union all
    select
        *,
        null::string as no_floor_reason
    from unit_values
    union all
    select * from method_levels
    union all
    select * from without_level
)

select
    floors.scenario_id,
    floors.area,
    priced.mineral_id,
    priced.stage,
    priced.hs6,
    priced.basis,
    priced.contained_element::string as contained_element,
    floors.rule,
    floors.method,
    -- a price of one form does not apply to another; a unit value applies to the same codes
    floors.rule = 'mean_reference_price'
    or coalesce(floors.method in ('median_10y_nominal', 'last_bloc_output', 'precedent'), false)
        as is_made_of_prices,
    floors.amount,
    floors.unit::string as unit,
    floors.window_from,
    floors.window_to,
    priced.series_id,
    priced.observations,
    priced.years_held,
    case
        when floors.window_from is not null then year(floors.window_to) - year(floors.window_from) + 1
    end::integer as years_asked,
    floors.amount * priced.usd_per_kg_of_one as floor_usd_per_kg,
    priced.no_floor_reason,
    floors.valid_from,
    floors.valid_to,
    floors.exempt_bloc::string as exempt_bloc,
    floors.landed_basis,
    floors.is_precedent,
    floors.source
from priced
inner join floors on priced.floor_key = floors.floor_key
