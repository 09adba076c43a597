-- Imports compared with a floor, by origin. A mean hides the shipments below it: the border adjustment is the
-- least that a floor would have charged (Jensen's inequality).
{#- a unit value ten times the reference price, or a tenth of it, means a misstated weight or another good #}
{%- set farthest_from_price = 10 %}
{#- if all origins together deviate this far from the floor's price, it is the price of another form #}
{%- set same_form_within = 1.6 %}
{#- if BACI and the importer's own customs differ by more than this in value, the weight is not trusted #}
{%- set undisputed_within = 1.25 %}

with floors as (
    select *
    from {{ ref('dim_price_floor') }}
    where floor_usd_per_kg is not null
),

-- the unit value of a basket is not a price
products as (
    select *
    from {{ ref('bridge_trade_product') }}
    where weight_mid > 0.9 and not is_allocation_only
),

-- reconciled flows that the importer's own customs contradict
customs_held as (
    select distinct
        reporter_iso3,
        hs6,
        year
    from {{ ref('mirror_gap') }}
    where baci_value_usd is not null
),

borne_out as (
    select
        reporter_iso3,
        partner_iso3,
        hs6,
        year
    from {{ ref('mirror_gap') }}
    where baci_to_importer_ratio between 1 / {{ undisputed_within }} and {{ undisputed_within }}
),

-- months of Chinese lines replace a year that has values only
china_years as (
    select distinct
        hs_code,
        year(period) as year
    from {{ ref('fct_china_month') }}
),

customs as (
    select
        stated.area,
        stated.hs_code,
        stated.hs6,
        stated.nomenclature,
        stated.origin_iso3,
        stated.period,
        stated.period_type,
        stated.period_end,
        stated.value_usd,
        stated.customs_value_usd,
        stated.value_basis,
        stated.charges_usd,
        stated.calculated_duty_usd,
        stated.net_weight_kg,
        stated.content_kg,
        stated.is_net_weight_estimated,
        stated.reporters,
        stated.source_id,
        stated.archive_id,
        stated.source_id = 'cepii_baci'
        and customs_held.hs6 is not null
        and borne_out.hs6 is null as is_disputed
    from {{ ref('fct_area_import') }} as stated
    left join customs_held
        on
            stated.reporter_iso3 = customs_held.reporter_iso3
            and stated.hs6 = customs_held.hs6
            and year(stated.period) = customs_held.year
    left join borne_out
        on
            stated.reporter_iso3 = borne_out.reporter_iso3
            and stated.origin_iso3 = borne_out.partner_iso3
            and stated.hs6 = borne_out.hs6
            and year(stated.period) = borne_out.year
    left join china_years
        on
            stated.area = 'USA'
            and stated.origin_iso3 = 'CHN'
            and stated.hs_code = china_years.hs_code
            and year(stated.period) = china_years.year
    where china_years.hs_code is null
    union all
    select
        'USA' as area,
        hs_code,
        hs6,
        nomenclature,
        'CHN' as origin_iso3,
        period,
        'month' as period_type,
        last_day(period) as period_end,
        value_usd,
        value_usd as customs_value_usd,
        'customs' as value_basis,
        null as charges_usd,
        null as calculated_duty_usd,
        net_weight_kg,
        null as content_kg,
        false as is_net_weight_estimated,
        'USA' as reporters,
        source_id,
        archive_id,
        false as is_disputed
    from {{ ref('fct_china_month') }}
),

imports as (
    select
        floors.scenario_id,
        floors.is_made_of_prices,
        floors.mineral_id,
        floors.stage,
        floors.basis,
        floors.contained_element,
        floors.floor_usd_per_kg,
        floors.years_held as floor_years_held,
        floors.years_asked as floor_years_asked,
        floors.valid_from,
        floors.valid_to,
        floors.exempt_bloc,
        floors.landed_basis,
        floors.is_precedent,
        {{ all_but(['value_usd', 'value_basis'], of='imports') }},
        case
            when floors.landed_basis = 'customs' then coalesce(imports.customs_value_usd, imports.value_usd)
            else imports.value_usd
        end as value_usd,
        case
            when imports.value_basis != 'cif' or imports.customs_value_usd is null then imports.value_basis
            when floors.landed_basis = 'customs' then 'fob'
            else imports.value_basis
        end as value_basis,
        products.specificity,
        case
            when floors.basis = 'product' then imports.net_weight_kg
            -- a content stated by the line itself takes precedence over a factor
            when floors.contained_element = products.contained_element
                then coalesce(imports.content_kg, imports.net_weight_kg * products.content_factor)
        end as reported_kg
    from floors
    inner join products
        on floors.mineral_id = products.mineral_id and floors.stage = products.stage
    inner join customs as imports
        on
            products.hs_code = imports.hs_code
            and products.nomenclature = imports.nomenclature
            and floors.area = imports.area
            and coalesce(floors.hs6, imports.hs6) = imports.hs6
            and floors.valid_from <= imports.period_end
            and imports.period <= coalesce(floors.valid_to, imports.period)
    -- a line that names one mineral belongs to it rather than to its group
    qualify rank() over (
        partition by floors.scenario_id, imports.hs_code, imports.origin_iso3, imports.period
        order by products.is_group, floors.mineral_id
    ) = 1
),

-- USGS's imports of the year at this stage, in kg of product: metals in one form, and ores by gross weight
printed_imports as (
    select
        supply.mineral_id,
        supply.stage,
        supply.year,
        1000 * supply.imports_t as imports_kg,
        supply.source_ids
    from {{ ref('fct_us_supply') }} as supply
    inner join {{ ref('dim_mineral') }} as mineral on supply.mineral_id = mineral.mineral_id
    where
        supply.imports_t > 0
        and (
            (supply.stage = 'refined_metal' and supply.basis in ('metal', 'refined', 'unwrought', 'sponge'))
            or (supply.stage = 'ore_concentrate' and mineral.content_basis = 'gross weight')
        )
),

-- all customs imports of the mineral at the stage and beyond, if none has a weight: USGS counts wrought forms
-- and scrap with metal
stated_values as (
    select
        products.mineral_id,
        year(imports.period) as year,
        {{ exact_sum("case when products.stage = 'refined_metal' then imports.value_usd end") }} as metal_usd,
        {{ exact_sum("case when products.stage = 'ore_concentrate' then imports.value_usd end") }} as ore_usd,
        {{ exact_sum("case when products.stage in ('alloy_semi', 'scrap') then imports.value_usd end") }}
            as wrought_usd,
        count(*) filter (where imports.net_weight_kg > 0 and products.stage = 'refined_metal') > 0
            as has_metal_weight,
        count(*) filter (where imports.net_weight_kg > 0 and products.stage = 'ore_concentrate') > 0
            as has_ore_weight
    from {{ ref('fct_area_import') }} as imports
    inner join products
        on imports.hs_code = products.hs_code and imports.nomenclature = products.nomenclature
    where imports.area = 'USA' and imports.period_type = 'year'
    group by products.mineral_id, year(imports.period)
),

-- customs value per kg of the imports that USGS prints, USD/kg: one mean for the stage and year
calibrated as (
    select
        printed_imports.mineral_id,
        printed_imports.stage,
        printed_imports.year,
        printed_imports.source_ids,
        {{ unit_value(
            "case when printed_imports.stage = 'ore_concentrate' then stated_values.ore_usd"
            ~ " else stated_values.metal_usd end",
            'printed_imports.imports_kg'
        ) }} as usd_per_kg
    from printed_imports
    inner join stated_values
        on printed_imports.mineral_id = stated_values.mineral_id and printed_imports.year = stated_values.year
    where
        case
            when printed_imports.stage = 'ore_concentrate' then not stated_values.has_ore_weight
            else
                not stated_values.has_metal_weight
                and coalesce(stated_values.wrought_usd, 0) <= 0.1 * stated_values.metal_usd
        end
),

-- the price at the stage or, for contained metal, at another stage
prices as (
    select
        imports.scenario_id,
        imports.hs_code,
        imports.period,
        imports.period_type,
        price.usd_per_kg,
        price.stage != imports.stage as is_other_stage,
        price.source_id,
        price.archive_id
    from (
        select distinct
            scenario_id,
            hs_code,
            period,
            period_type,
            mineral_id,
            stage,
            basis,
            contained_element
        from imports
    ) as imports
    inner join {{ ref('fct_reference_price') }} as price
        on
            imports.mineral_id = price.mineral_id
            and imports.period = price.period
            and imports.period_type = price.period_type
            and imports.basis = price.basis
            and (
                imports.stage = price.stage
                or (imports.basis = 'contained' and imports.contained_element = price.contained_element)
            )
    qualify row_number() over (
        partition by imports.scenario_id, imports.hs_code, imports.period, imports.period_type
        order by price.stage != imports.stage, price.stage
    ) = 1
),

-- the latest earlier price, for a period without a price of its own
last_prices as (
    select
        imports.mineral_id,
        imports.stage,
        imports.basis,
        imports.period,
        max_by(price.usd_per_kg, (price.period, price.period_type)) as usd_per_kg
    from imports
    inner join {{ ref('fct_reference_price') }} as price
        on
            imports.mineral_id = price.mineral_id
            and imports.stage = price.stage
            and imports.basis = price.basis
            and imports.period >= price.period
    group by imports.mineral_id, imports.stage, imports.basis, imports.period
),

measured as (
    select
        imports.*,
        prices.is_other_stage,
        case when not prices.is_other_stage then prices.usd_per_kg end as reference_usd_per_kg,
        coalesce(reference_usd_per_kg, last_prices.usd_per_kg) as near_usd_per_kg,
        coalesce(calibrated.source_ids, prices.source_id) as price_source_id,
        case
            when imports.reported_kg > 0 then 'reported'
            when calibrated.usd_per_kg > 0 then 'estimated'
            when prices.usd_per_kg > 0 then 'implied_from_price'
            else 'not_known'
        end as quantity_method,
        case
            when imports.reported_kg > 0 then imports.reported_kg
            else {{ unit_value('imports.value_usd', 'coalesce(calibrated.usd_per_kg, prices.usd_per_kg)') }}
        end as quantity_kg,
        imports.value_usd
        + case
            when imports.landed_basis != 'customs' and imports.value_basis != 'cif'
                then coalesce(imports.charges_usd, 0)
            else 0
        end
        + case when imports.landed_basis = 'cif_duty' then coalesce(imports.calculated_duty_usd, 0) else 0 end
            as landed_usd,
        case
            when imports.landed_basis = 'customs' then imports.value_basis in ('customs', 'fob')
            when
                imports.landed_basis = 'cif'
                then imports.value_basis = 'cif' or imports.charges_usd is not null
            else
                (imports.value_basis = 'cif' or imports.charges_usd is not null)
                and imports.calculated_duty_usd is not null
        end as is_basis_held,
        member.iso3 is not null as is_exempt,
        little.origin_iso3 is not null as is_too_little
    from imports
    left join {{ ref('fct_little_trade') }} as little
        on
            imports.area = little.area
            and imports.hs_code = little.hs_code
            and imports.origin_iso3 = little.origin_iso3
            and year(imports.period) = little.year
    left join prices
        on
            imports.scenario_id = prices.scenario_id
            and imports.hs_code = prices.hs_code
            and imports.period = prices.period
            and imports.period_type = prices.period_type
    left join last_prices
        on
            imports.mineral_id = last_prices.mineral_id
            and imports.stage = last_prices.stage
            and imports.basis = last_prices.basis
            and imports.period = last_prices.period
    left join calibrated
        on
            imports.area = 'USA'
            and imports.basis = 'product'
            and imports.period_type = 'year'
            and imports.mineral_id = calibrated.mineral_id
            and imports.stage = calibrated.stage
            and year(imports.period) = calibrated.year
    left join {{ ref('dim_bloc_member') }} as member
        on
            imports.exempt_bloc = member.bloc
            and imports.origin_iso3 = member.iso3
            and imports.period >= member.valid_from
            and (member.valid_to is null or imports.period <= member.valid_to)
),

-- the adjustment is computed before cells are added: in a mean over cells, expensive goods would hide cheap
-- ones
cells as (
    select
        *,
        {{ unit_value('landed_usd', 'quantity_kg') }} as cell_usd_per_kg,
        {{ border_adjustment('floor_usd_per_kg', unit_value('landed_usd', 'quantity_kg'), 'quantity_kg') }}
            as adjustment_usd
    from measured
),

stated as (
    select
        scenario_id,
        is_made_of_prices,
        area,
        hs_code,
        origin_iso3,
        period,
        period_type,
        mineral_id,
        stage,
        is_precedent,
        basis,
        contained_element,
        landed_basis,
        floor_usd_per_kg,
        exempt_bloc,
        is_exempt,
        max(floor_years_held) as floor_years_held,
        max(floor_years_asked) as floor_years_asked,
        sum(value_usd)::bigint as value_usd,
        bool_or(is_too_little) as is_too_little,
        case when count(distinct value_basis) = 1 then min(value_basis) else 'mixed' end as value_basis,
        case
            when bool_or(quantity_method = 'not_known') then 'not_known'
            when bool_or(quantity_method = 'implied_from_price') then 'implied_from_price'
            when bool_or(quantity_method = 'estimated') then 'estimated'
            else 'reported'
        end as quantity_method,
        {{ whole_sum('quantity_kg') }} as quantity_kg,
        {{ whole_sum('landed_usd') }} as landed_usd,
        -- if a quantity is implied from a price, every origin has that price: no verdict is possible
        {{ whole_sum("case when quantity_method = 'reported' then adjustment_usd end") }} as adjustment_usd,
        case
            when bool_and(quantity_method = 'reported')
                then {{ exact_sum('quantity_kg * (cell_usd_per_kg < floor_usd_per_kg)::integer') }}
        end as below_floor_kg,
        bool_or(is_other_stage) as is_other_stage,
        max(reference_usd_per_kg) as reference_usd_per_kg,
        max(near_usd_per_kg) as near_usd_per_kg,
        bool_or(specificity = 'basket') as is_mix,
        bool_or(is_disputed) as is_disputed,
        bool_and(is_basis_held) as is_basis_held,
        bool_or(is_net_weight_estimated) as is_net_weight_estimated,
        bool_or(period < valid_from or period_end > valid_to) as is_part_of_period,
        bool_or(area = 'USMCA' and reporters != {{ all_of_the_three() }}) as is_part_of_area,
        min(source_id) as source_id,
        min(price_source_id) as price_source_id,
        min(archive_id) as archive_id
    from cells
    group by
        scenario_id, is_made_of_prices, area, hs_code, origin_iso3, period, period_type, mineral_id, stage,
        is_precedent, basis, contained_element, landed_basis, floor_usd_per_kg, exempt_bloc, is_exempt
),

credible as (
    select
        *,
        coalesce(
            quantity_method = 'reported'
            and not landed_usd / nullif(quantity_kg, 0) between
            near_usd_per_kg / {{ farthest_from_price }} and near_usd_per_kg * {{ farthest_from_price }},
            false
        ) as is_apart,
        quantity_method = 'reported' and not is_apart as is_weighed
    from stated
),

formed as (
    select
        *,
        coalesce(
            is_made_of_prices
            and not {{ unit_value(
                "sum(case when is_weighed then landed_usd end) over code_and_period",
                "sum(case when is_weighed then quantity_kg end) over code_and_period"
            ) }} between reference_usd_per_kg / {{ same_form_within }}
            and reference_usd_per_kg * {{ same_form_within }},
            false
        ) as is_other_form
    from credible
    window code_and_period as (partition by scenario_id, area, hs_code, period, period_type)
),

lines as (
    select
        {{ all_but(['quantity_method', 'adjustment_usd', 'below_floor_kg'], of='formed') }},
        case when is_apart then 'not_credible' else quantity_method end as quantity_method,
        is_other_form or is_disputed or is_too_little as has_no_verdict,
        case when not is_apart and not has_no_verdict then adjustment_usd end as adjustment_usd,
        case when not is_apart and not has_no_verdict then below_floor_kg end as below_floor_kg
    from formed
),

landed as (
    select
        *,
        case
            when quantity_method in ('reported', 'estimated', 'not_credible')
                then {{ unit_value('landed_usd', 'quantity_kg') }}
        end as landed_usd_per_kg,
        case when is_exempt then 0 * adjustment_usd else adjustment_usd end as charged_usd,
        quantity_method = 'reported' and not has_no_verdict as is_judged
    from lines
)

select
    scenario_id,
    area,
    {{ area_name('area') }} as area_name,
    hs_code,
    origin_iso3,
    period,
    period_type,
    mineral_id,
    stage,
    is_precedent,
    basis,
    contained_element,
    value_usd,
    value_basis,
    landed_basis,
    quantity_kg,
    quantity_method,
    landed_usd_per_kg,
    floor_usd_per_kg,
    floor_years_held,
    floor_years_asked,
    case when is_judged then landed_usd_per_kg < floor_usd_per_kg end as below_floor,
    {{ share('below_floor_kg', 'quantity_kg') }} as below_floor_share,
    case when is_judged then floor_usd_per_kg - landed_usd_per_kg end as gap_usd_per_kg,
    round(charged_usd)::bigint as border_adjustment_usd,
    round(adjustment_usd)::bigint as unexempted_adjustment_usd,
    100 * {{ share('charged_usd', 'value_usd') }} as ad_valorem_equivalent_pct,
    case when is_exempt then 'member_of_' || exempt_bloc end as exempt_reason,
    coalesce(
        nullif(
            concat_ws(
                ';',
                case when quantity_method = 'implied_from_price' then 'implied_from_price' end,
                case when quantity_method = 'estimated' then 'one_mean_price_of_all_origins' end,
                case when quantity_method = 'not_known' then 'quantity_and_price_not_known' end,
                case when quantity_method = 'not_credible' then 'unit_value_apart_from_price' end,
                case
                    when quantity_method = 'implied_from_price' and is_other_stage
                        then 'price_of_another_stage'
                end,
                case when is_other_form and quantity_method = 'reported' then 'price_of_another_form' end,
                case when is_disputed and quantity_method = 'reported' then 'disputed_by_customs' end,
                case when is_too_little and quantity_method = 'reported' then 'too_little_trade' end,
                case when is_mix then 'mix_of_products' end,
                case when not is_basis_held then 'landed_basis_not_held' end,
                case when is_net_weight_estimated then 'weight_estimated' end,
                case when is_part_of_period then 'floor_in_force_for_part_of_period' end,
                case when value_usd < 2000 then 'small_value' end,
                case when is_part_of_area then 'not_all_members_held' end
            ),
            ''
        ),
        'ok'
    ) as quality_flag,
    concat_ws(
        ';',
        source_id,
        case when quantity_method in ('implied_from_price', 'estimated') then price_source_id end
    ) as source_ids,
    archive_id
from landed
order by quantity_method != 'reported', scenario_id, hs_code, period, origin_iso3
