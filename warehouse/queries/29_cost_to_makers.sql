-- What would a floor add to the cost of magnets, per ton and by scenario?
select
    scenario_id,
    product_code,
    year(period) as year,
    floor_usd_per_kg,
    price_usd_per_kg,
    gap_usd_per_kg,
    added_cost_low_usd_per_t,
    added_cost_usd_per_t,
    added_cost_high_usd_per_t,
    sum(import_value_usd)::bigint as import_value_usd,
    sum(added_cost_usd)::bigint as added_cost_usd,
    count(*) as origins,
    any_value(citation) as citation
from marts.floor_pass_through
where coverage != 'content_not_cited'
group by all
order by added_cost_usd_per_t desc, scenario_id asc, product_code asc, year asc;
