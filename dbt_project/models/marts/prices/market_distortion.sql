-- Signs of distorted prices: the reference price compared with its preceding five years, Chinese unit values
-- with those of the rest of the world, the export controls in force, and the price compared with a floor.
{#- Annual data give at most five points in a window of five years: too few for a standard deviation. A side
    that ships less than a twentieth of a code's weight ships single lots, and goods at three times the other
    side's price are different goods. #}
{%- set fewest_months = 48 %}
{%- set fewest_years = 4 %}
{%- set smallest_side = 0.05 %}
{%- set fewest_months_of_a_year = 6 %}
{%- set farthest_ratio = 3 %}
{%- set least_compared = 0.5 %}

with prices as (
    select *
    from {{ ref('fct_reference_price') }}
    -- a mineral with a monthly price has months here, all others have years
    qualify dense_rank() over (partition by mineral_id, stage order by period_type != 'month') = 1
),

priced as (
    select distinct
        mineral_id,
        stage,
        period_type
    from prices
),

products as (
    select
        hs_code,
        nomenclature,
        mineral_id,
        stage
    from {{ ref('bridge_trade_product') }}
    where weight_mid > 0.9 and not is_allocation_only
),

-- months as stated, and years: monthly data count for full years only
imports as (
    select
        hs_code,
        nomenclature,
        origin_iso3,
        period,
        period_type,
        value_usd,
        net_weight_kg,
        reporters,
        source_id
    from {{ ref('fct_area_import') }}
    where area = 'USMCA' and net_weight_kg > 0
    union all
    select
        hs_code,
        nomenclature,
        origin_iso3,
        date_trunc('year', period)::date as period,
        'year' as period_type,
        value_usd,
        net_weight_kg,
        reporters,
        source_id
    from {{ ref('fct_area_import') }}
    where area = 'USMCA' and net_weight_kg > 0 and period_type = 'month' and months_held = 12
),

-- US lines by month, China compared with the rest: years of the months in which both have weights
weighed_months as (
    select
        hs_code,
        period
    from {{ ref('fct_us_month') }}
    where net_weight_kg > 0
    group by hs_code, period
    having count(*) = 2
),

-- if US customs are held by origin for the full year, they are used directly
by_origin as (
    select distinct
        left(hs_code, 6) as hs6,
        year(period) as year
    from {{ ref('fct_area_import') }}
    where
        area = 'USA' and source_id in ('census_bulk', 'census_api') and net_weight_kg > 0
        and period_type = 'month' and months_held = 12
),

us_months as (
    select
        months.*,
        date_trunc('year', months.period)::date as year_start
    from {{ ref('fct_us_month') }} as months
    inner join weighed_months
        on months.hs_code = weighed_months.hs_code and months.period = weighed_months.period
    left join by_origin on months.hs6 = by_origin.hs6 and year(months.period) = by_origin.year
    where by_origin.hs6 is null
    qualify
        count(*) over (partition by months.hs_code, year(months.period)) >= 2 * {{ fewest_months_of_a_year }}
),

us_years as (
    select distinct
        hs6,
        year_start
    from us_months
),

shipments as (
    select
        products.mineral_id,
        products.stage,
        imports.period,
        imports.period_type,
        'USMCA' as area,
        imports.hs_code,
        country.policy_iso3 = 'CHN' as is_china,
        min(imports.source_id) as source_id,
        bool_and(imports.reporters = {{ all_of_the_three() }}) as is_whole_area,
        {{ exact_sum('imports.value_usd') }} as value_usd,
        {{ exact_sum('imports.net_weight_kg') }} as net_weight_kg
    from imports
    inner join products on imports.hs_code = products.hs_code and imports.nomenclature = products.nomenclature
    inner join {{ ref('dim_country') }} as country on imports.origin_iso3 = country.iso3
    -- a line that is one good takes precedence over six digits
    left join us_years
        on
            left(imports.hs_code, 6) = us_years.hs6
            and date_trunc('year', imports.period)::date = us_years.year_start
    where us_years.hs6 is null
    group by
        products.mineral_id, products.stage, imports.period, imports.period_type, imports.hs_code,
        country.policy_iso3 = 'CHN'
    union all
    select
        products.mineral_id,
        products.stage,
        us_months.year_start as period,
        'year' as period_type,
        'USA' as area,
        us_months.hs_code,
        us_months.is_china,
        min(us_months.source_id) as source_id,
        false as is_whole_area,
        {{ exact_sum('us_months.value_usd') }} as value_usd,
        {{ exact_sum('us_months.net_weight_kg') }} as net_weight_kg
    from us_months
    inner join products
        on us_months.hs_code = products.hs_code and us_months.nomenclature = products.nomenclature
    group by
        products.mineral_id, products.stage, us_months.year_start, us_months.hs_code, us_months.is_china
),

-- code by code, so that an expensive and a cheap product are not compared
by_code as (
    select
        shipments.mineral_id,
        shipments.stage,
        shipments.period,
        shipments.period_type,
        shipments.hs_code,
        min(shipments.source_id) as source_id,
        bool_and(shipments.is_whole_area) as is_whole_area,
        count(little.hs_code) > 0 as is_too_little,
        max(shipments.value_usd) filter (where shipments.is_china) as china_usd,
        max(shipments.net_weight_kg) filter (where shipments.is_china) as china_kg,
        max(shipments.value_usd) filter (where not shipments.is_china) as rest_usd,
        max(shipments.net_weight_kg) filter (where not shipments.is_china) as rest_kg,
        {{ unit_value('china_usd', 'china_kg') }} as china_usd_per_kg,
        {{ unit_value('rest_usd', 'rest_kg') }} as rest_usd_per_kg,
        coalesce(
            not is_too_little
            and least(china_kg, rest_kg) >= {{ smallest_side }} * (china_kg + rest_kg)
            and china_usd_per_kg between rest_usd_per_kg / {{ farthest_ratio }}
            and rest_usd_per_kg * {{ farthest_ratio }},
            false
        ) as is_comparable
    from shipments
    left join {{ ref('fct_little_trade') }} as little
        on
            shipments.area = little.area
            and shipments.hs_code = little.hs_code
            and year(shipments.period) = little.year
            and little.origin_iso3 = 'CHN'
    group by
        shipments.mineral_id, shipments.stage, shipments.period, shipments.period_type, shipments.hs_code
),

unit_values as (
    select
        mineral_id,
        stage,
        period,
        period_type,
        min(source_id) as source_id,
        bool_and(is_whole_area) as is_whole_area,
        bool_and(is_too_little) filter (where china_usd > 0) as is_too_little,
        {{ unit_value(exact_sum('china_usd'), exact_sum('china_kg')) }} as china_usd_per_kg,
        {{ unit_value(exact_sum('rest_usd'), exact_sum('rest_kg')) }} as rest_usd_per_kg,
        -- less than half of China's shipments does not represent all of them
        case
            when
                {{ exact_sum('case when is_comparable then china_usd end') }}
                >= {{ least_compared }} * {{ exact_sum('china_usd') }}
                then {{ unit_value(
                    exact_sum('case when is_comparable then china_usd end'),
                    exact_sum('case when is_comparable then china_kg * rest_usd_per_kg end')
                ) }}
        end as china_to_rest_ratio
    from by_code
    group by mineral_id, stage, period, period_type
),

-- the price decides whether a mineral has months or years here; without a price, years take precedence over
-- months
kept_unit_values as (
    select unit_values.*
    from unit_values
    left join priced
        on unit_values.mineral_id = priced.mineral_id and unit_values.stage = priced.stage
    where priced.period_type is null or unit_values.period_type = priced.period_type
    qualify dense_rank() over (
        partition by unit_values.mineral_id, unit_values.stage order by unit_values.period_type = 'month'
    ) = 1
),

periods as (
    select
        coalesce(prices.mineral_id, unit_values.mineral_id) as mineral_id,
        coalesce(prices.stage, unit_values.stage) as stage,
        coalesce(prices.period, unit_values.period) as period,
        coalesce(prices.period_type, unit_values.period_type) as period_type,
        prices.series_id,
        prices.basis as price_basis,
        prices.usd_per_kg,
        unit_values.china_usd_per_kg,
        unit_values.rest_usd_per_kg,
        unit_values.china_to_rest_ratio,
        unit_values.is_whole_area,
        unit_values.is_too_little,
        concat_ws(';', prices.source_id, unit_values.source_id) as source_ids,
        prices.archive_id,
        case
            when coalesce(prices.period_type, unit_values.period_type) = 'month'
                then last_day(coalesce(prices.period, unit_values.period))
            else (coalesce(prices.period, unit_values.period) + interval 1 year)::date - 1
        end as period_end
    from prices
    full outer join kept_unit_values as unit_values
        on
            prices.mineral_id = unit_values.mineral_id
            and prices.stage = unit_values.stage
            and prices.period = unit_values.period
            and prices.period_type = unit_values.period_type
),

against_past as (
    select
        *,
        count(usd_per_kg) over five_years as past_observations,
        avg(usd_per_kg) over five_years as past_mean,
        stddev_samp(usd_per_kg) over five_years as past_deviation
    from periods
    window five_years as (
        partition by mineral_id, stage
        -- periods begin with a month
        order by 12 * year(period) + month(period) range between 60 preceding and 1 preceding
    )
),

controls as (
    select
        periods.mineral_id,
        periods.stage,
        periods.period,
        {{ joined_distinct('control.event_id', ';') }} as event_ids
    from periods
    inner join {{ ref('bridge_export_control') }} as control
        on
            periods.mineral_id = control.mineral_id
            and periods.period_end >= control.active_from
            and periods.period <= coalesce(control.active_to, periods.period)
    -- a ban on ore is no control on the metal
    inner join {{ ref('bridge_control_stage') }} as covered
        on
            control.event_id = covered.event_id
            and control.mineral_id = covered.mineral_id
            and covered.stage in ('all_forms', periods.stage)
    group by periods.mineral_id, periods.stage, periods.period
),

-- from this day on it has not been checked whether a control is in force: for a mineral with a control, and
-- for any mineral
unknown as (
    select
        mineral_id,
        min(unknown_from) as unknown_from
    from {{ ref('bridge_export_control') }}
    group by mineral_id
),

evidence as (
    select max(known_through) as known_through
    from {{ ref('bridge_export_control') }}
),

-- the floor of an agreement if there is one, otherwise the five-year mean
floors as (
    select *
    from {{ ref('dim_price_floor') }}
    where hs6 is null and (is_precedent or scenario_id = 'usa_five_year_mean')
    qualify row_number() over (partition by mineral_id, stage order by is_precedent desc, scenario_id asc) = 1
),

against_floor as (
    select
        against_past.*,
        controls.event_ids,
        coalesce(
            against_past.period_end >= unknown.unknown_from
            or against_past.period_end > evidence.known_through,
            false
        ) as is_control_unknown,
        floors.scenario_id as floor_scenario_id,
        floors.floor_usd_per_kg,
        {{ unit_value('against_past.usd_per_kg', 'floors.floor_usd_per_kg') }} as price_to_floor_ratio,
        12 * (year(against_past.period_end) - year(greatest(against_past.period, floors.valid_from)))
        + month(against_past.period_end) - month(greatest(against_past.period, floors.valid_from)) + 1
            as months_in_force
    from against_past
    left join controls
        on
            against_past.mineral_id = controls.mineral_id
            and against_past.stage = controls.stage
            and against_past.period = controls.period
    left join unknown on against_past.mineral_id = unknown.mineral_id
    cross join evidence
    left join floors
        on
            against_past.mineral_id = floors.mineral_id
            and against_past.stage = floors.stage
            and against_past.price_basis = floors.basis
            and against_past.period_end >= floors.valid_from
            and against_past.period <= coalesce(floors.valid_to, against_past.period)
),

spells as (
    select
        *,
        count(*) filter (where price_to_floor_ratio is null or price_to_floor_ratio >= 1) over (
            partition by mineral_id, stage order by period
        ) as spell
    from against_floor
),

signals as (
    select
        *,
        case
            when period_type = 'month' and past_observations >= {{ fewest_months }}
                then {{ rounded(z_score('usd_per_kg', 'past_mean', 'past_deviation'), 6) }}
        end as zscore_5y,
        case
            when
                past_observations
                >= case period_type when 'month' then {{ fewest_months }} else {{ fewest_years }} end
                then {{ rounded(unit_value('usd_per_kg', 'past_mean'), 6) }}
        end as price_to_mean_ratio,
        case
            when price_to_floor_ratio < 1
                then sum(case when price_to_floor_ratio < 1 then months_in_force else 0 end) over (
                    partition by mineral_id, stage, spell order by period
                )
            when price_to_floor_ratio >= 1 then 0
        end::integer as months_below_floor
    from spells
)

select
    mineral_id,
    stage,
    period,
    period_type,
    usd_per_kg as reference_price_usd_per_kg,
    series_id as reference_series_id,
    price_basis,
    zscore_5y,
    past_observations::integer as zscore_observations,
    price_to_mean_ratio,
    china_usd_per_kg as china_unit_value_usd_per_kg,
    rest_usd_per_kg as rest_unit_value_usd_per_kg,
    china_to_rest_ratio,
    case when event_ids is not null then true when not is_control_unknown then false end
        as export_control_active,
    event_ids as export_control_events,
    floor_scenario_id,
    floor_usd_per_kg,
    price_to_floor_ratio,
    months_below_floor,
    coalesce(
        nullif(
            concat_ws(
                ';',
                case
                    when zscore_5y >= 2 or (zscore_5y is null and price_to_mean_ratio >= 1.5)
                        then 'price_high'
                    when zscore_5y <= -2 or (zscore_5y is null and price_to_mean_ratio <= 0.5)
                        then 'price_low'
                end,
                case
                    when china_to_rest_ratio <= 0.8 then 'china_cheap' when
                        china_to_rest_ratio >= 1.25
                        then 'china_dear'
                end,
                case when event_ids is not null then 'export_control' end,
                case when months_below_floor > 0 then 'below_floor' end
            ),
            ''
        ),
        'none'
    ) as signals,
    coalesce(
        nullif(
            concat_ws(
                ';',
                case when usd_per_kg is null then 'no_reference_price' end,
                case when usd_per_kg is not null and zscore_5y is null then 'too_short_for_zscore' end,
                case
                    when china_usd_per_kg is null or rest_usd_per_kg is null
                        then 'no_unit_values_of_china_and_rest'
                    when china_to_rest_ratio is null and is_too_little then 'too_little_trade'
                    when china_to_rest_ratio is null then 'china_and_rest_not_comparable'
                end,
                case when event_ids is null and is_control_unknown then 'export_control_not_known' end,
                case when not is_whole_area then 'not_all_members_held' end
            ),
            ''
        ),
        'ok'
    ) as quality_flag,
    source_ids,
    archive_id
from signals
