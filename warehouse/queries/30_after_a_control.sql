-- What did imports from China and the rest do in the year after each Chinese control, in weight and price?
-- US customs by tariff line: means of the twelve months before and of the months after (months_after). Two
-- controls on one mineral less than a year apart share months. A higher price of the rest is not an effect of
-- the control alone.
with measured as (
    select
        event_id,
        hs_code,
        mineral_id,
        control_from,
        count(*) filter (months_since_control between 1 and 12) as months_after,
        avg(china_kg) filter (months_since_control < 0) as china_kg_a_month_before,
        avg(china_kg) filter (months_since_control between 1 and 12) as china_kg_a_month_after,
        avg(rest_kg) filter (months_since_control < 0) as rest_kg_a_month_before,
        avg(rest_kg) filter (months_since_control between 1 and 12) as rest_kg_a_month_after,
        any_value(rest_unit_value_usd_per_kg_before) as rest_unit_value_usd_per_kg_before,
        sum(rest_value_usd) filter (months_since_control between 1 and 12 and rest_kg > 0)
        / sum(rest_kg) filter (months_since_control between 1 and 12 and rest_kg > 0)
            as rest_unit_value_usd_per_kg_after,
        string_agg(distinct source_ids, ';' order by source_ids) as source_ids
    from marts.control_response
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
    measured.months_after,
    measured.china_kg_a_month_before,
    measured.china_kg_a_month_after,
    measured.rest_kg_a_month_before,
    measured.rest_kg_a_month_after,
    measured.rest_unit_value_usd_per_kg_before,
    measured.rest_unit_value_usd_per_kg_after,
    measured.source_ids
from measured
left join titles on measured.event_id = titles.event_id
order by measured.control_from desc, control asc, measured.hs_code asc;
