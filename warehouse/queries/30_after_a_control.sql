-- What did imports from China and the rest do in the year after each Chinese control, in weight and price?
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
        as rest_unit_value_usd_per_kg_after
from marts.control_response
group by event_id, hs_code, mineral_id, control_from
order by control_from asc, event_id asc, hs_code asc;
