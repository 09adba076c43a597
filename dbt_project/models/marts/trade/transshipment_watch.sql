-- Whether controlled material arrives through a third country. Minerals are followed in contained tons over
-- all codes that a control names, so that a change of form is visible. Exports of a hub are compared with its
-- imports of up to three months before.
{%- set months_of_lag = 3 %}
{%- set months_around_event = 6 %}
{%- set jump_at_least = 3 %}
{%- set reexport_above_share = 0.25 %}
{%- set log_unit_value_within = 0.2 %}
{%- set output_below_share = 0.05 %}
{%- set weighed_share_at_least = 0.9 %}

with controls as (
    select
        control.event_id,
        control.mineral_id,
        control.imposer_iso3,
        control.active_from,
        date_trunc('month', control.active_from)::date as event_month,
        event.hs_codes
    from {{ ref('bridge_export_control') }} as control
    inner join {{ ref('fct_policy_event') }} as event on control.event_id = event.event_id
    where event.hs_codes is not null
),

controlled_codes as (
    select distinct
        mineral_id,
        named.hs6
    from controls
    cross join lateral unnest(split(controls.hs_codes, ';')) as named (hs6)
),

countries as (
    select
        iso3,
        policy_iso3
    from {{ ref('dim_country') }}
),

in_another_unit as (
    select distinct
        source_id,
        reporter_iso3,
        period
    from {{ ref('fct_trade_unit_jump') }}
    where flow = 'import' and period_type = 'month'
),

-- imports as stated, and exports to the USA stated by others for months in which the USA names no origins
statements as (
    select
        reporter_iso3,
        partner_iso3,
        source_id,
        period,
        period_type,
        hs_code,
        nomenclature,
        value_usd,
        net_weight_kg,
        content_kg,
        content_method,
        is_sum_of_lines,
        archive_id,
        false as is_mirrored
    from {{ ref('fct_trade') }}
    where flow = 'import' and partner_iso3 not in ('WLD', 'ZZZ')
    union all
    select
        partner_iso3 as reporter_iso3,
        reporter_iso3 as partner_iso3,
        source_id,
        period,
        period_type,
        hs_code,
        nomenclature,
        value_usd,
        net_weight_kg,
        content_kg,
        content_method,
        is_sum_of_lines,
        archive_id,
        true as is_mirrored
    from {{ ref('fct_trade') }}
    where flow = 'export' and partner_iso3 = 'USA'
),

lines as (
    select
        trade.source_id,
        trade.is_mirrored,
        trade.reporter_iso3,
        coalesce(partners.policy_iso3, trade.partner_iso3) as partner_iso3,
        trade.period,
        product.mineral_id,
        trade.value_usd * product.weight_mid as value_usd,
        -- a line may state its content and no gross weight
        coalesce(
            trade.net_weight_kg * product.content_factor,
            case when trade.content_method = 'reported' then trade.content_kg end
        ) / 1000 * product.weight_mid as content_t,
        trade.archive_id
    from statements as trade
    inner join {{ ref('bridge_trade_product') }} as product
        on trade.hs_code = product.hs_code and trade.nomenclature = product.nomenclature
    inner join controlled_codes
        on product.mineral_id = controlled_codes.mineral_id and left(trade.hs_code, 6) = controlled_codes.hs6
    left join countries as partners on trade.partner_iso3 = partners.iso3
    left join in_another_unit as odd
        on
            trade.source_id = odd.source_id
            and trade.reporter_iso3 = odd.reporter_iso3
            and trade.period = odd.period
    where
        trade.period_type = 'month'
        -- a source with only China and the World cannot show a route through another country
        and trade.source_id != 'census_months'
        and odd.source_id is null
        and not trade.is_sum_of_lines
        and product.weight_mid > 0
        and not product.is_allocation_only
        and (product.valid_from is null or trade.period >= product.valid_from)
        and (product.valid_to is null or trade.period <= product.valid_to)
),

-- a reporter's own statistics take precedence over what it submits to Comtrade
first_source as (
    select *
    from lines
    qualify dense_rank() over (
        partition by reporter_iso3, mineral_id, period
        order by is_mirrored, source_id = 'comtrade', source_id
    ) = 1
),

flows as (
    select
        reporter_iso3,
        partner_iso3,
        mineral_id,
        period,
        {{ exact_sum('value_usd') }} as value_usd,
        {{ exact_sum('content_t') }} as content_t,
        bool_or(is_mirrored) as is_mirrored,
        max(source_id) as source_id,
        min(archive_id) as archive_id
    from first_source
    where content_t > 0
    group by reporter_iso3, partner_iso3, mineral_id, period
),

-- value stated without a weight is missing from the mineral's flows
weighed_months as (
    select
        reporter_iso3,
        mineral_id,
        period,
        {{ exact_sum('case when content_t > 0 then 0 else value_usd end') }}
        <= (1 - {{ weighed_share_at_least }}) * {{ exact_sum('value_usd') }} as is_weighed
    from first_source
    group by reporter_iso3, mineral_id, period
),

reported_months as (
    select
        mineral_id,
        reporter_iso3,
        period
    from weighed_months
    where is_weighed
    union all
    -- a missing row of a mineral means no import only if the hub stated the month in full
    select distinct
        control.mineral_id,
        statements.reporter_iso3,
        statements.period
    from {{ ref('fct_trade_statement') }} as statements
    cross join controls as control
    left join weighed_months
        on
            statements.reporter_iso3 = weighed_months.reporter_iso3
            and statements.period = weighed_months.period
            and control.mineral_id = weighed_months.mineral_id
    where
        statements.flow = 'import'
        and statements.period_type = 'month'
        and statements.is_whole
        and weighed_months.mineral_id is null
),

watched as (
    select
        us_imports.partner_iso3 as hub_iso3,
        us_imports.mineral_id as product_group,
        us_imports.period,
        us_imports.value_usd as exported_usd,
        us_imports.content_t as exported_t,
        us_imports.is_mirrored,
        us_imports.source_id,
        us_imports.archive_id,
        controls.event_id as control_event_id,
        controls.imposer_iso3,
        controls.event_month
    from flows as us_imports
    inner join controls
        on us_imports.mineral_id = controls.mineral_id and us_imports.period >= controls.event_month
    where us_imports.reporter_iso3 = 'USA' and us_imports.partner_iso3 != controls.imposer_iso3
    qualify row_number() over (
        partition by us_imports.partner_iso3, us_imports.mineral_id, us_imports.period
        order by controls.active_from desc, controls.event_id asc
    ) = 1
),

-- the most that the hub is known to produce at any single stage
output as (
    select
        country_iso3,
        mineral_id,
        max_by(production_t, year) as production_t
    from (
        select
            country_iso3,
            mineral_id,
            year,
            max(production_t) as production_t
        from {{ ref('fct_production') }}
        where production_t is not null and source_id != 'bgs_wms'
        group by country_iso3, mineral_id, year, edition
        qualify edition = max(edition) over (partition by mineral_id)
    )
    group by country_iso3, mineral_id
),

hub_imports as (
    select
        watched.hub_iso3,
        watched.product_group,
        watched.period,
        flows.content_t,
        flows.value_usd,
        flows.partner_iso3 = watched.imposer_iso3 as is_controlled,
        flows.period between watched.period - interval {{ months_of_lag }} month
        and watched.period as is_recent,
        flows.period between watched.event_month - interval {{ months_around_event }} month
        and watched.event_month - interval 1 month as is_before_event,
        flows.period between watched.event_month
        and watched.event_month + interval {{ months_around_event - 1 }} month as is_after_event
    from watched
    left join flows on watched.hub_iso3 = flows.reporter_iso3 and watched.product_group = flows.mineral_id
),

came_in as (
    select
        hub_iso3,
        product_group,
        period,
        {{ exact_sum('case when is_controlled and is_recent then value_usd end') }} as controlled_usd,
        {{ exact_sum('case when is_controlled and is_recent then content_t end') }} as controlled_t,
        coalesce({{ exact_sum('case when not is_controlled and is_recent then content_t end') }}, 0)
            as other_t,
        coalesce({{ exact_sum('case when is_controlled and is_before_event then content_t end') }}, 0)
            as before_event_t,
        coalesce({{ exact_sum('case when is_controlled and is_after_event then content_t end') }}, 0)
            as after_event_t
    from hub_imports
    group by hub_iso3, product_group, period
),

months as (
    select
        watched.hub_iso3,
        watched.product_group,
        watched.period,
        count(*) filter (
            where
            reported_months.period
            between watched.period - interval {{ months_of_lag }} month and watched.period
        ) as recent_months,
        count(*) filter (
            where
            reported_months.period between watched.event_month - interval {{ months_around_event }} month
            and watched.event_month + interval {{ months_around_event - 1 }} month
        ) as event_months
    from watched
    left join reported_months
        on
            watched.hub_iso3 = reported_months.reporter_iso3
            and watched.product_group = reported_months.mineral_id
    group by watched.hub_iso3, watched.product_group, watched.period
),

judged as (
    select
        watched.*,
        coalesce(output.production_t, 0) / 12 as hub_output_t,
        came_in.controlled_t,
        came_in.before_event_t,
        came_in.after_event_t,
        months.recent_months = {{ months_of_lag + 1 }} as is_hub_reporting,
        months.event_months = {{ 2 * months_around_event }} as is_event_covered,
        case
            when months.recent_months = {{ months_of_lag + 1 }}
                then greatest(
                    watched.exported_t - coalesce(output.production_t, 0) / 12
                    - came_in.other_t / {{ months_of_lag + 1 }},
                    0
                )
        end as implied_reexport_t,
        case
            when watched.exported_usd > 0 and came_in.controlled_usd > 0
                then
                    {{ unit_value('watched.exported_usd', 'watched.exported_t') }}
                    / {{ unit_value('came_in.controlled_usd', 'came_in.controlled_t') }}
        end as unit_value_ratio
    from watched
    inner join came_in
        on
            watched.hub_iso3 = came_in.hub_iso3
            and watched.product_group = came_in.product_group
            and watched.period = came_in.period
    inner join months
        on
            watched.hub_iso3 = months.hub_iso3
            and watched.product_group = months.product_group
            and watched.period = months.period
    left join output on watched.hub_iso3 = output.country_iso3 and watched.product_group = output.mineral_id
)

select
    hub_iso3,
    product_group,
    period,
    'USA' as area,
    control_event_id,
    imposer_iso3,
    exported_t,
    round(exported_usd)::bigint as exported_usd,
    hub_output_t,
    implied_reexport_t,
    implied_reexport_t / exported_t as implied_reexport_share,
    case when is_event_covered then before_event_t end as before_event_t,
    case when is_event_covered then after_event_t end as after_event_t,
    case when is_event_covered then after_event_t / nullif(before_event_t, 0) end as import_jump_ratio,
    unit_value_ratio,
    abs(ln(unit_value_ratio)) <= {{ log_unit_value_within }} as unit_value_match,
    case
        when is_hub_reporting and is_event_covered
            then
                implied_reexport_t > {{ reexport_above_share }} * exported_t
                and after_event_t > 0
                and after_event_t >= {{ jump_at_least }} * before_event_t
                and coalesce(abs(ln(unit_value_ratio)) <= {{ log_unit_value_within }}, false)
                and hub_output_t < {{ output_below_share }} * exported_t
    end as flag,
    case when is_mirrored then 'hub' else 'USA' end as stated_by,
    case
        when not is_hub_reporting then 'hub_not_reported'
        when not is_event_covered then 'event_not_covered'
        else 'complete'
    end as coverage,
    source_id as source_ids,
    archive_id
from judged
