-- Price floors in USD/kg, each by the rule of its scenario: an amount in its unit, the mean of the reference
-- price over a window, or the unit value of imports from outside the foreign entities of concern over a
-- window, code by code.
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
        units.usd_per_kg as usd_per_kg_of_one
    from floors
    inner join {{ ref('price_units') }} as units on floors.unit = units.unit
    where floors.rule = 'amount'
),

-- years count only for a mineral without months
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
    -- a part of a year is no year
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

priced as (
    select * from amounts
    union all
    select * from price_means
    union all
    select * from unit_values
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
    floors.amount,
    floors.unit::string as unit,
    floors.window_from,
    floors.window_to,
    priced.series_id,
    priced.observations,
    floors.amount * priced.usd_per_kg_of_one as floor_usd_per_kg,
    floors.valid_from,
    floors.valid_to,
    floors.exempt_bloc::string as exempt_bloc,
    floors.landed_basis,
    floors.is_precedent,
    floors.source
from priced
inner join floors on priced.floor_key = floors.floor_key
