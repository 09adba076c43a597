-- What did imports from China and the rest do in the year after each Chinese control, in weight and price?
-- US customs by tariff line: means of the twelve months before and after, as far as held. The month of the
-- control and months without a usable weight count on neither side. Where these have more than a tenth of a
-- side's value, weights are not compared. Clean comparisons come first, then those whose months after fall
-- under a later control, shorter ones, and last those whose months before were under an earlier control. A
-- higher price of the rest is not an effect of the control alone.
with months as (
    select
        *,
        months_since_control < 0 as is_before,
        is_compared and rest_kg > 0 as has_price
    from marts.control_response
    where months_since_control between -12 and 12 and months_since_control != 0
),

measured as (
    select
        event_id,
        hs_code,
        mineral_id,
        control_from,
        any_value(earlier_control_from) as earlier_control_from,
        any_value(later_control_from) filter (later_control_from <= control_from + interval 12 month)
            as later_control_from,
        max(period) as last_month,
        min(period) filter (contains(quality_flag, 'control_not_known')) as first_not_known,
        count(*) filter (is_compared and is_before) as months_before,
        count(*) filter (is_compared and not is_before) as months_after,
        list_max([
            coalesce(sum(china_value_usd) filter (not is_compared and is_before), 0)
            / nullif(sum(china_value_usd) filter (is_before), 0),
            coalesce(sum(china_value_usd) filter (not is_compared and not is_before), 0)
            / nullif(sum(china_value_usd) filter (not is_before), 0),
            coalesce(sum(rest_value_usd) filter (not is_compared and is_before), 0)
            / nullif(sum(rest_value_usd) filter (is_before), 0),
            coalesce(sum(rest_value_usd) filter (not is_compared and not is_before), 0)
            / nullif(sum(rest_value_usd) filter (not is_before), 0)
        ]) as most_unusable,
        coalesce(most_unusable, 0) <= 0.1 as has_weights,
        avg(china_value_usd) filter (is_before) as china_usd_before,
        avg(china_value_usd) filter (not is_before) as china_usd_after,
        avg(rest_value_usd) filter (is_before) as rest_usd_before,
        avg(rest_value_usd) filter (not is_before) as rest_usd_after,
        avg(china_kg) filter (is_compared and is_before) as china_kg_before,
        avg(china_kg) filter (is_compared and not is_before) as china_kg_after,
        avg(rest_kg) filter (is_compared and is_before) as rest_kg_before,
        avg(rest_kg) filter (is_compared and not is_before) as rest_kg_after,
        sum(rest_value_usd) filter (has_price and is_before) / sum(rest_kg) filter (has_price and is_before)
            as rest_price_before,
        sum(rest_value_usd) filter (has_price and not is_before)
        / sum(rest_kg) filter (has_price and not is_before) as rest_price_after,
        string_agg(distinct source_ids, ';' order by source_ids) as source_ids
    from months
    group by event_id, hs_code, mineral_id, control_from
),

titles as (
    select
        event_id,
        any_value(title) as title
    from core.fct_policy_event
    group by event_id
)

select
    measured.mineral_id,
    measured.hs_code,
    coalesce(titles.title, replace(measured.event_id, '_', ' ')) as control,
    measured.control_from,
    format(
        '{} {} before and {} after',
        measured.months_before,
        if(measured.months_before = 1, 'month', 'months'),
        measured.months_after
    ) as means_of,
    if(measured.has_weights, measured.china_kg_before, null) as china_kg_a_month_before,
    if(measured.has_weights, measured.china_kg_after, null) as china_kg_a_month_after,
    if(measured.has_weights, measured.rest_kg_before, null) as rest_kg_a_month_before,
    if(measured.has_weights, measured.rest_kg_after, null) as rest_kg_a_month_after,
    if(measured.has_weights, measured.rest_price_before, null) as rest_unit_value_usd_per_kg_before,
    if(measured.has_weights, measured.rest_price_after, null) as rest_unit_value_usd_per_kg_after,
    concat_ws(
        '; ',
        if(
            measured.earlier_control_from is not null,
            format(
                'no clean comparison: the months before were under China''s control of {} already',
                measured.earlier_control_from
            ),
            null
        ),
        if(
            measured.later_control_from <= measured.last_month,
            format(
                'part of the months after is under China''s control of {} too', measured.later_control_from
            ),
            null
        ),
        if(
            measured.months_before < 12 or measured.months_after < 12,
            'not twelve months on both sides',
            null
        ),
        if(
            measured.has_weights,
            null,
            format(
                'months without a usable weight have up to {:.0f} % of a side''s value; by value, China went'
                ' from USD {:,.0f} to {:,.0f} a month and the rest from USD {:,.0f} to {:,.0f}',
                100 * measured.most_unusable,
                measured.china_usd_before,
                measured.china_usd_after,
                measured.rest_usd_before,
                measured.rest_usd_after
            )
        ),
        if(
            measured.first_not_known is not null,
            strftime(
                measured.first_not_known, 'whether the control was still in force from %Y-%m on is not known'
            ),
            null
        )
    ) as comparison,
    measured.source_ids
from measured
left join titles on measured.event_id = titles.event_id
order by
    case
        when measured.earlier_control_from is not null then 4
        when not measured.has_weights then 3
        when measured.months_before < 12 or measured.months_after < 12 then 2
        when measured.later_control_from <= measured.last_month then 1
        else 0
    end asc,
    measured.control_from desc,
    control asc,
    measured.hs_code asc;
