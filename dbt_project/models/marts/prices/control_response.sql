-- US imports around each Chinese export control: China compared with the rest of the world, by line and
-- month, from a year before the control to two years after it.
{%- set months_before = 12 %}
{%- set months_after = 24 %}

with parts as (
    select
        months.hs_code,
        months.period,
        product.mineral_id,
        product.stage,
        max(months.value_usd) filter (where months.is_china) as china_usd,
        max(months.net_weight_kg) filter (where months.is_china) as china_kg,
        max(months.value_usd) filter (where not months.is_china) as rest_usd,
        max(months.net_weight_kg) filter (where not months.is_china) as rest_kg,
        max(months.quality_flag) as quality_flag,
        min(months.archive_id) as archive_id
    from {{ ref('fct_us_month') }} as months
    inner join {{ ref('bridge_trade_product') }} as product
        on months.hs_code = product.hs_code and months.nomenclature = product.nomenclature
    where product.weight_mid > 0.9 and not product.is_allocation_only and not product.is_group
    group by months.hs_code, months.period, product.mineral_id, product.stage
),

controls as (
    select
        spell.event_id,
        spell.mineral_id,
        min(spell.active_from) as control_from,
        date_trunc('month', min(spell.active_from))::date as control_month,
        max(spell.known_through) as known_through,
        max(coalesce(spell.active_to, date '9999-12-31')) as last_active,
        max(event.hs_codes) as hs_codes
    from {{ ref('bridge_export_control') }} as spell
    inner join {{ ref('fct_policy_event') }} as event on spell.event_id = event.event_id
    where spell.imposer_iso3 = 'CHN'
    group by spell.event_id, spell.mineral_id
),

lines as (
    select
        hs_code,
        mineral_id
    from parts
    group by hs_code, mineral_id
),

-- the goods under control only: China licenses compounds of indium and not the metal
controlled as (
    select
        controls.*,
        lines.hs_code
    from controls
    inner join lines
        on
            controls.mineral_id = lines.mineral_id
            and (
                controls.hs_codes is null
                or array_contains(split(controls.hs_codes, ';'), left(lines.hs_code, 6))
            )
),

-- a year that is under another control is no year without control
others as (
    select
        own.event_id,
        own.hs_code,
        max(
            case
                when
                    other.control_from < own.control_from
                    and other.last_active >= own.control_month - interval {{ months_before }} month
                    then other.control_from
            end
        ) as earlier_control_from,
        min(case when other.control_from > own.control_from then other.control_from end)
            as later_control_from
    from controlled as own
    inner join controlled as other on own.hs_code = other.hs_code
    group by own.event_id, own.hs_code
),

around as (
    select
        controls.event_id,
        controls.control_from,
        controls.known_through,
        parts.*,
        parts.china_kg is not null and parts.rest_kg is not null as is_usable,
        (
            12 * (year(parts.period) - year(controls.control_month))
            + month(parts.period)
            - month(controls.control_month)
        )::integer
            as months_since_control
    from parts
    inner join controlled as controls
        on parts.hs_code = controls.hs_code and parts.mineral_id = controls.mineral_id
    where
        parts.period >= controls.control_month - interval {{ months_before }} month
        and parts.period <= controls.control_month + interval {{ months_after }} month
),

before as (
    select
        event_id,
        hs_code,
        count(*)::integer as months_before,
        {{ mean_in_order('china_kg', 'period') }} as mean_china_kg,
        {{ mean_in_order('rest_kg', 'period') }} as mean_rest_kg,
        {{ unit_value(
            exact_sum('case when rest_kg > 0 then rest_usd end'), exact_sum('case when rest_kg > 0 then rest_kg end')
        ) }} as mean_rest_usd_per_kg
    from around
    where months_since_control < 0 and is_usable
    group by event_id, hs_code
)

select
    around.event_id,
    around.hs_code,
    around.period,
    around.mineral_id,
    around.stage,
    around.control_from,
    around.months_since_control,
    around.is_usable and around.months_since_control between -{{ months_before }} and {{ months_before }}
    and around.months_since_control != 0 as is_compared,
    others.earlier_control_from,
    others.later_control_from,
    (around.china_usd + around.rest_usd)::bigint as world_value_usd,
    around.china_usd::bigint as china_value_usd,
    around.rest_usd::bigint as rest_value_usd,
    around.china_kg,
    around.rest_kg,
    {{ rounded(share('around.china_usd', '(around.china_usd + around.rest_usd)'), 6) }} as china_value_share,
    {{ rounded(share('around.china_kg', 'around.china_kg + around.rest_kg'), 6) }} as china_weight_share,
    {{ unit_value('case when around.china_kg > 0 then around.china_usd end', 'around.china_kg') }}
        as china_unit_value_usd_per_kg,
    {{ unit_value('case when around.rest_kg > 0 then around.rest_usd end', 'around.rest_kg') }}
        as rest_unit_value_usd_per_kg,
    {{ unit_value('china_unit_value_usd_per_kg', 'rest_unit_value_usd_per_kg') }} as china_to_rest_ratio,
    coalesce(before.months_before, 0)::integer as months_before,
    before.mean_china_kg as china_kg_before,
    before.mean_rest_kg as rest_kg_before,
    before.mean_rest_usd_per_kg as rest_unit_value_usd_per_kg_before,
    {{ rounded(change_pct('before.mean_china_kg', 'around.china_kg'), 6) }} as china_kg_change_pct,
    {{ rounded(change_pct('before.mean_rest_kg', 'around.rest_kg'), 6) }} as rest_kg_change_pct,
    {{ rounded(change_pct('before.mean_rest_usd_per_kg', 'rest_unit_value_usd_per_kg'), 6) }}
        as rest_price_change_pct,
    coalesce(
        nullif(
            concat_ws(
                ';',
                case when not around.is_usable then 'quantity_not_usable' end,
                case when coalesce(before.months_before, 0) < {{ months_before }} then 'short_before' end,
                case when others.earlier_control_from is not null then 'earlier_control' end,
                case
                    when around.period >= date_trunc('month', others.later_control_from)::date
                        then 'later_control'
                end,
                case when around.period > around.known_through then 'control_not_known' end
            ),
            ''
        ),
        'ok'
    ) as quality_flag,
    'census_months;policy_events' as source_ids,
    around.archive_id
from around
left join before on around.event_id = before.event_id and around.hs_code = before.hs_code
inner join others on around.event_id = others.event_id and around.hs_code = others.hs_code
