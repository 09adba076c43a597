-- What would a floor add to the cost of magnets, per ton and by scenario?
-- The floors are alternatives and are not added: the price support of the agreement with MP Materials, and
-- the mean price of 2019 to 2023. Exempt blocs change what is charged at the border (question 6), not the
-- cost of the mineral in a magnet, and are left out. The content of a magnet has bounds (citation).
select
    case scenario_id
        when 'ndpr_precedent' then 'price support of 2025'
        when 'usa_five_year_mean' then 'mean price of 2019 to 2023'
        else replace(scenario_id, '_', ' ')
    end as scenario,
    product_code as hs_code,
    year(period) as year,
    floor_usd_per_kg,
    price_usd_per_kg,
    gap_usd_per_kg,
    added_cost_low_usd_per_t,
    added_cost_usd_per_t,
    added_cost_high_usd_per_t,
    sum(import_value_usd)::bigint as import_value_usd,
    count(*) as origins,
    any_value(citation) as citation,
    any_value(source_ids) as source_ids
from marts.floor_pass_through
where coverage != 'content_not_cited' and scenario_id not like '%exempt'
group by
    scenario_id, product_code, period, floor_usd_per_kg, price_usd_per_kg, gap_usd_per_kg,
    added_cost_low_usd_per_t, added_cost_usd_per_t, added_cost_high_usd_per_t
order by added_cost_usd_per_t desc, scenario asc, hs_code asc, year asc;
